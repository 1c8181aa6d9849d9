import { decodeJwt, importJWK, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import { type Clock, secondsAhead } from '../clock.ts';
import type { Counter } from '../counts.ts';
import type { SigningKey } from '../keys.ts';
import type { Ledger } from '../ledger.ts';
import type { IdpStorage } from './storage.ts';

/** What happens to answers of the token endpoint before they are sent. */
export interface TokenAnswerParts {
  readonly clock: Clock;
  readonly omitIdTokenOnRefresh: boolean;
  readonly storage: Pick<IdpStorage, 'authTimeOf'>;
  readonly signingKey: SigningKey;
  readonly ledger: Ledger;
  readonly counter: Counter;
}

const TOKEN_ROUTE = 'token';
const TIME_CLAIMS = ['iat', 'exp'] as const;

/**
 * Moves the times of ID tokens to the company's clock, signs them again, and remembers them. oidc-provider
 * knows only the machine's clock.
 */
export function finishTokenAnswers(provider: Provider, parts: TokenAnswerParts): void {
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route !== TOKEN_ROUTE || ctx.status !== 200) return;
    parts.ledger.record(ctx.oidc.params?.client_assertion);
    const { id_token, ...body } = ctx.body as { readonly id_token?: string };
    if (!id_token) return;
    if (parts.omitIdTokenOnRefresh && ctx.oidc.params?.grant_type === 'refresh_token') {
      ctx.body = body;
      return;
    }
    const idToken = await atCompanyTime(id_token, ctx.oidc.entities.AccessToken?.grantId, parts);
    parts.ledger.record(idToken);
    ctx.body = { ...body, id_token: idToken };
  });
}

async function atCompanyTime(
  idToken: string,
  grantId: string | undefined,
  { clock, storage, signingKey }: TokenAnswerParts,
): Promise<string> {
  const ahead = secondsAhead(clock);
  const claims = { ...decodeJwt(idToken) };
  const authTime = storage.authTimeOf(grantId ?? '') ?? claims.auth_time;
  if (ahead === 0 && authTime === claims.auth_time) return idToken;
  for (const name of TIME_CLAIMS) {
    const time = claims[name];
    if (typeof time === 'number') claims[name] = time + ahead;
  }
  claims.auth_time = authTime;
  const { privateJwk } = signingKey;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: privateJwk.alg, kid: privateJwk.kid, typ: 'JWT' })
    .sign(await importJWK(privateJwk, privateJwk.alg));
}
