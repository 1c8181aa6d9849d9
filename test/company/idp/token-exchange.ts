import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import { epochSeconds } from '../clock.ts';
import type { Counter } from '../counts.ts';
import type { Ledger } from '../ledger.ts';
import type { Person } from '../people.ts';
import { ID_JAG, ID_JAG_TYP, type OAuthRefusal, TOKEN_EXCHANGE } from '../protocol.ts';
import type { IdpParts } from './configuration.ts';
import { ExchangeParameters, judgeExchange, type RegisteredServer } from './exchange-request.ts';
import { IDP_TOKEN_PATH } from './quirks.ts';
import { type Proved, readSubjectToken } from './subject-token.ts';

/** What the token exchange adds to the IdP. */
export interface TokenExchangeParts extends IdpParts {
  readonly provider: Provider;
  /** The servers as they are registered at this moment. */
  readonly servers: () => readonly RegisteredServer[];
  readonly ledger: Ledger;
  readonly counter: Counter;
}

interface IdJagParts {
  readonly server: RegisteredServer;
  readonly scope: string;
  readonly person: Person;
  readonly proved: Proved;
  /** The key that the ID-JAG is bound to (the draft's section 9.8). */
  readonly jkt: string | undefined;
}

const PARAMETERS = [...Object.keys(ExchangeParameters.shape), 'actor_token', 'actor_token_type'];

/** Teaches the IdP to exchange ID tokens and refresh tokens for ID-JAGs (the draft's section 4.3). */
export function registerTokenExchange(parts: TokenExchangeParts): void {
  parts.provider.registerGrantType(
    TOKEN_EXCHANGE,
    async (ctx) => {
      const proof = await parts.dpop.judge(ctx.get('dpop') || undefined, {
        method: ctx.method,
        url: `${parts.provider.issuer}${IDP_TOKEN_PATH}`,
      });
      const answer =
        'refusal' in proof ? proof : await exchange(parts, ctx.oidc.client.clientId, ctx.oidc.params, proof.jkt);
      if ('refusal' in answer) parts.counter.add('refusedTokenExchanges');
      ctx.set({ ...parts.dpop.headers(), ...('refusal' in answer && answer.refusal.headers) });
      ctx.status = 'refusal' in answer ? 400 : 200;
      ctx.body = 'refusal' in answer ? refusalBody(answer.refusal) : answer;
    },
    PARAMETERS,
  );
}

async function exchange(parts: TokenExchangeParts, clientId: string, params: unknown, jkt: string | undefined) {
  const { provider, settings, signingKey, storage, directory, ledger, counter } = parts;
  const { clock, lifetimes } = settings;
  const parsed = ExchangeParameters.safeParse(params);
  if (!parsed.success) {
    const names = new Set(parsed.error.issues.map(({ path }) => path.join('.')));
    return refused('invalid_request', `Missing or not supported: ${[...names].join(', ')}`);
  }
  const proved = await readSubjectToken(parsed.data, { provider, signingKey, storage, clock, clientId });
  if (typeof proved === 'string') return refused('invalid_grant', proved);
  const person = directory.bySubject(proved.subject);
  if (!person) return refused('invalid_grant', 'The subject token names nobody');
  const groups = directory.groupsOf(person.username);
  const signIn = { acr: proved.acr, ageSeconds: epochSeconds(clock) - proved.authTime };
  const verdict = judgeExchange(parsed.data, { email: person.email, groups, signIn }, parts.servers());
  if ('refusal' in verdict) return verdict;
  const idJag = await issueIdJag(parts, { ...verdict, person, proved, jkt });
  ledger.record(idJag);
  counter.addAt(verdict.server.definition.name, 'tokenExchanges');
  return {
    issued_token_type: ID_JAG,
    access_token: idJag,
    token_type: 'N_A',
    expires_in: lifetimes.idJagSeconds,
    scope: verdict.scope,
  };
}

async function issueIdJag(
  { provider, settings, signingKey }: TokenExchangeParts,
  { server, scope, person, proved, jkt }: IdJagParts,
): Promise<string> {
  const { privateJwk } = signingKey;
  const now = epochSeconds(settings.clock);
  const claims = {
    client_id: server.clientId,
    resource: server.resource,
    scope,
    email: person.email,
    auth_time: proved.authTime,
    ...(jkt !== undefined && { cnf: { jkt } }),
    ...(proved.acr !== undefined && { acr: proved.acr }),
    ...(proved.amr !== undefined && { amr: [...proved.amr] }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ typ: ID_JAG_TYP, alg: privateJwk.alg, kid: privateJwk.kid })
    .setIssuer(provider.issuer)
    .setSubject(person.subject)
    .setAudience(server.issuer)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + settings.lifetimes.idJagSeconds)
    .sign(await importJWK(privateJwk, privateJwk.alg));
}

function refused(error: string, description: string): { readonly refusal: OAuthRefusal } {
  return { refusal: { error, description } };
}

function refusalBody({ error, description, members }: OAuthRefusal) {
  return { error, error_description: description, ...members };
}
