import { importJWK, jwtVerify } from 'jose';
import type Provider from 'oidc-provider';
import { z } from 'zod';
import { type Clock, epochSeconds } from '../clock.ts';
import type { SigningKey } from '../keys.ts';
import { ID_TOKEN } from '../protocol.ts';
import type { ExchangeRequest } from './exchange-request.ts';
import type { IdpStorage } from './storage.ts';

/** What a subject token proves: who signed in, and when by the company's clock (seconds since the epoch). */
export interface Proved {
  readonly subject: string;
  readonly authTime: number;
  /** How they proved themselves, if the token says so. */
  readonly acr: string | undefined;
  readonly amr: readonly string[] | undefined;
}

/** What checking a subject token needs. */
export interface SubjectTokenCheck {
  readonly provider: Provider;
  readonly signingKey: SigningKey;
  readonly clock: Clock;
  readonly storage: Pick<IdpStorage, 'authTimeOf'>;
  /** The client that has just authenticated; the token must be its own. */
  readonly clientId: string;
}

const IdTokenClaims = z.object({
  sub: z.string(),
  auth_time: z.number(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
});

/** What the token proves, or the sentence for `invalid_grant`. */
export async function readSubjectToken(
  request: Pick<ExchangeRequest, 'subject_token' | 'subject_token_type'>,
  check: SubjectTokenCheck,
): Promise<Proved | string> {
  const { subject_token: token, subject_token_type: type } = request;
  return type === ID_TOKEN ? readIdToken(token, check) : readRefreshToken(token, check);
}

async function readIdToken(token: string, { provider, signingKey, clock, clientId }: SubjectTokenCheck) {
  const { publicJwk } = signingKey;
  try {
    const { payload } = await jwtVerify(token, await importJWK(publicJwk, publicJwk.alg), {
      issuer: provider.issuer,
      audience: clientId,
      algorithms: [publicJwk.alg],
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(clock()),
    });
    const claims = IdTokenClaims.parse(payload);
    return { subject: claims.sub, authTime: claims.auth_time, acr: claims.acr, amr: claims.amr };
  } catch {
    return 'The ID token is expired, or was not issued to this client';
  }
}

async function readRefreshToken(token: string, { provider, storage, clock, clientId }: SubjectTokenCheck) {
  const found = await provider.RefreshToken.find(token);
  if (!found || found.clientId !== clientId || found.consumed || !found.accountId) {
    return 'The refresh token is expired, revoked, spent, or was not issued to this client';
  }
  const authTime = storage.authTimeOf(found.grantId ?? '') ?? epochSeconds(clock);
  return { subject: found.accountId, authTime, acr: found.acr, amr: found.amr };
}
