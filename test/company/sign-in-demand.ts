import type { OAuthRefusal } from './protocol.ts';

/** What somebody asks of the sign-in behind a request (RFC 9470 section 3). */
export interface SignInDemand {
  /** Its `acr` must be one of these. */
  readonly acrValues?: readonly string[] | undefined;
  /** It may be at most this old. */
  readonly maxAgeSeconds?: number | undefined;
}

/** The sign-in that is judged. */
export interface SignIn {
  readonly acr: string | undefined;
  readonly ageSeconds: number;
}

/** Whether a sign-in is good enough. */
export function meets({ acr, ageSeconds }: SignIn, { acrValues, maxAgeSeconds }: SignInDemand): boolean {
  const isFresh = maxAgeSeconds === undefined || ageSeconds <= maxAgeSeconds;
  return isFresh && (acrValues === undefined || (acr !== undefined && acrValues.includes(acr)));
}

/** The refusal for a sign-in that is not good enough; it tells the whole demand, since one new sign-in must meet it. */
export function insufficientSignIn(demand: SignInDemand, title: string): OAuthRefusal {
  const { acrValues, maxAgeSeconds } = demand;
  const age = maxAgeSeconds === undefined ? [] : [`at most ${maxAgeSeconds} seconds old`];
  const kind = acrValues === undefined ? [] : [`of the kind ${acrValues.join(' or ')}`];
  return {
    error: 'insufficient_user_authentication',
    description: `${title} needs a sign-in that is ${[...age, ...kind].join(' and ')}`,
    members: {
      ...(acrValues !== undefined && { acr_values: acrValues.join(' ') }),
      ...(maxAgeSeconds !== undefined && { max_age: maxAgeSeconds }),
    },
  };
}
