import { customFetch, refreshTokenGrant } from 'openid-client';
import type { LanyardError } from '../../shared/errors.ts';
import { wasNeverSent } from '../egress/faults.ts';
import { demandBound } from './bound-tokens.ts';
import { behaviourAfter } from './error-table-judgement.ts';
import { identityFault } from './faults.ts';
import type { IdentityProvider } from './provider.ts';
import type { Tokens } from './tokens.ts';

/** What became of one refresh token that was sent. */
export type RefreshOutcome =
  /** It worked, and what came checked out. */
  | { readonly kind: 'renewed'; readonly tokens: Tokens }
  /** It worked and was rotated, but what came with it did not check out. */
  | { readonly kind: 'rotated'; readonly refreshToken: string; readonly error: LanyardError }
  /** The IdP gives nothing for it any more: what the error table ends a session for. */
  | { readonly kind: 'refused'; readonly error: LanyardError }
  /** Nothing is known of its worth; `mayBeSpent` where it may have worked all the same. */
  | { readonly kind: 'failed'; readonly error: LanyardError; readonly mayBeSpent: boolean };

/** What came back, as far as it decides what the refresh token is worth now. */
export interface RefreshAnswer {
  readonly status: number;
  /** `undefined` where it is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** What a refresh that gave no checked tokens means. `answer` is `undefined` where none came, or not whole. */
export function judgeRefreshFailure(error: LanyardError, answer: RefreshAnswer | undefined): RefreshOutcome {
  if (behaviourAfter('refresh', error) === 'end-session') return { kind: 'refused', error };
  if (!answer) return { kind: 'failed', error, mayBeSpent: !wasNeverSent(error) };
  const { status, body } = answer;
  const given = body?.refresh_token;
  if (status === 200 && typeof given === 'string' && given !== '')
    return { kind: 'rotated', refreshToken: given, error };
  // A refusal leaves the refresh token as it was. A 5xx, or what is not OAuth at all, does not say what went before it.
  const isUnderstood = status < 500 && body !== undefined;
  return { kind: 'failed', error, mayBeSpent: !isUnderstood };
}

async function readAnswer(response: Response): Promise<RefreshAnswer> {
  const { status } = response;
  try {
    const body: unknown = await response.clone().json();
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    return { status, body: isObject ? (body as Record<string, unknown>) : undefined };
  } catch {
    return { status, body: undefined };
  }
}

/**
 * Sends one refresh token (RFC 6749 section 6). What goes wrong is an outcome too. openid-client checks the answer whole
 * or not at all; what it throws away may hold the successor of the refresh token that was sent, so the answer is looked
 * at here too.
 *
 * @param isBound whether it is bound to our key.
 */
export async function requestRefresh(
  provider: Pick<IdentityProvider, 'issuer' | 'policy' | 'configuration' | 'sendGrant'>,
  refreshToken: string,
  isBound: boolean,
): Promise<RefreshOutcome> {
  const configuration = await provider.configuration();
  let answer: RefreshAnswer | undefined;
  const send = configuration[customFetch];
  if (!send) throw new TypeError('The configuration sends by itself, past the egress');
  configuration[customFetch] = async (url, options) => {
    // With another nonce it is sent again: what came before says nothing of that.
    answer = undefined;
    const response = await send(url, options);
    answer = await readAnswer(response);
    // Some servers send an OAuth error with 200; it counts as one.
    const isRefusal = answer.status === 200 && typeof answer.body?.error === 'string';
    return isRefusal ? new Response(response.body, { status: 400, headers: response.headers }) : response;
  };
  try {
    const tokens = await provider.sendGrant({
      leg: 'refresh',
      isBound,
      send: (option) => refreshTokenGrant(configuration, refreshToken, undefined, option),
    });
    return { kind: 'renewed', tokens: demandBound(tokens, provider) };
  } catch (cause) {
    return judgeRefreshFailure(identityFault(provider.issuer, cause), answer);
  }
}
