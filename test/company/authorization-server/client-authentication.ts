import { timingSafeEqual } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';
import type { RegisteredClient } from '../authentication.ts';
import type { Clock } from '../clock.ts';
import { CLIENT_ASSERTION_JWT, type OAuthRefusal } from '../protocol.ts';
import type { BasicCredentials } from './quirks.ts';
import type { ReplayGuard } from './replay.ts';

/** How a request says who is asking (RFC 6749 section 2.3), before anything is believed. */
export type Claimed =
  | { readonly method: 'none'; readonly clientId: string | undefined }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    }
  | { readonly method: 'private_key_jwt'; readonly clientId: string | undefined; readonly assertion: string }
  | { readonly method: 'several' | 'unreadable' };

/** What checking a client needs. */
export interface ClientCheck {
  readonly client: RegisteredClient;
  /** What an assertion's `aud` may be: the issuer or the token endpoint (RFC 7523 section 3). */
  readonly audiences: readonly string[];
  readonly clock: Clock;
  readonly replay: ReplayGuard;
}

/** Reads the claim out of a token request. */
export function readClaimed(
  authorization: string | undefined,
  form: URLSearchParams,
  basic: BasicCredentials = 'form',
): Claimed {
  const clientId = form.get('client_id') ?? undefined;
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  if ([authorization, secret, assertion].filter((part) => part != null).length > 1) return { method: 'several' };
  if (authorization !== undefined) return readBasic(authorization, basic);
  if (secret !== null && clientId) return { method: 'client_secret_post', clientId, secret };
  if (assertion !== null && form.get('client_assertion_type') === CLIENT_ASSERTION_JWT) {
    return { method: 'private_key_jwt', clientId, assertion };
  }
  return { method: 'none', clientId };
}

/** Undefined when the claim is true; else the refusal, always `invalid_client` except for two mechanisms at once. */
export async function refuseClient(claimed: Claimed, check: ClientCheck): Promise<OAuthRefusal | undefined> {
  if (claimed.method === 'several') {
    return { error: 'invalid_request', description: 'Use one client authentication method, not several' };
  }
  const { authentication, clientId } = check.client;
  if (claimed.method !== authentication.method) {
    return invalidClient(`This client is registered for ${authentication.method}`);
  }
  switch (claimed.method) {
    case 'none':
      return claimed.clientId === clientId ? undefined : invalidClient('Unknown client');
    case 'private_key_jwt':
      return refuseAssertion(claimed, check);
    case 'client_secret_basic':
    case 'client_secret_post': {
      if (claimed.clientId !== clientId) return invalidClient('Unknown client');
      const expected = authentication.method === claimed.method ? authentication.clientSecret : '';
      return sameText(claimed.secret, expected) ? undefined : invalidClient('Wrong client secret');
    }
  }
}

async function refuseAssertion(
  claimed: { readonly assertion: string; readonly clientId: string | undefined },
  { client, audiences, clock, replay }: ClientCheck,
): Promise<OAuthRefusal | undefined> {
  const { clientId, publicJwk } = client;
  if (!publicJwk || (claimed.clientId ?? clientId) !== clientId) return invalidClient('Unknown client');
  try {
    const { payload } = await jwtVerify(claimed.assertion, await importJWK(publicJwk, publicJwk.alg), {
      issuer: clientId,
      subject: clientId,
      audience: [...audiences],
      algorithms: [publicJwk.alg],
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(clock()),
    });
    const isNew = replay.firstUse(`client assertion ${payload.jti}`, payload.exp ?? 0);
    return isNew ? undefined : invalidClient('The client assertion was used before');
  } catch {
    return invalidClient('The client assertion does not prove this client');
  }
}

function readBasic(authorization: string, basic: BasicCredentials): Claimed {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  const pair = encoded ? Buffer.from(encoded, 'base64').toString('utf8') : '';
  const colon = pair.indexOf(':');
  if (colon < 0) return { method: 'unreadable' };
  try {
    const [clientId, secret] = [pair.slice(0, colon), pair.slice(colon + 1)].map(
      basic === 'form' ? formDecode : String,
    );
    return { method: 'client_secret_basic', clientId: clientId ?? '', secret: secret ?? '' };
  } catch {
    return { method: 'unreadable' };
  }
}

/** Undoes the form-urlencoding that RFC 6749 section 2.3.1 asks for inside Basic. */
function formDecode(value: string): string {
  return decodeURIComponent(value.replaceAll('+', '%20'));
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalidClient(description: string): OAuthRefusal {
  return { error: 'invalid_client', description, status: 401 };
}
