import type { IncomingMessage } from 'node:http';
import { errors } from 'oidc-provider';
import { assertionAudiences, NO_QUIRKS } from '../authorization-server/quirks.ts';
import type { Settings } from '../options.ts';

/** Path of the token endpoint. */
export const IDP_TOKEN_PATH = '/token';

/** Throws oidc-provider's `invalid_client` when the IdP is choosier about a client assertion's `aud` than it is. */
export function refuseAudience(idp: { readonly issuer: string; readonly settings: Settings }, aud: unknown): void {
  const { assertionAudience = NO_QUIRKS.assertionAudience } = idp.settings.idpQuirks;
  if (assertionAudience === 'either') return;
  const accepted = assertionAudiences(assertionAudience, idp.issuer, `${idp.issuer}${IDP_TOKEN_PATH}`);
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (named.some((one) => accepted.some((audience) => audience === one))) return;
  throw new errors.InvalidClientAuth(`the audience must be ${accepted.join(' or ')}`);
}

/** Form-encodes the credentials inside Basic, so that oidc-provider, which decodes them, gets them as they came. */
export function encodeBasic(request: IncomingMessage): void {
  const encoded = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const pair = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return;
  const parts = [pair.slice(0, colon), pair.slice(colon + 1)].map(encodeURIComponent);
  request.headers.authorization = `Basic ${Buffer.from(parts.join(':')).toString('base64')}`;
}
