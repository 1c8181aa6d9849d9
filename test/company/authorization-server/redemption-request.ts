import { JWT_BEARER, type OAuthRefusal, splitScope } from '../protocol.ts';
import type { IdJag } from './assertion.ts';
import type { AsQuirks } from './quirks.ts';

/** What is wrong with the parameters of a redemption, before its assertion is looked at (RFC 7523 section 2.1). */
export function refuseRequest(form: URLSearchParams, resource: string, quirks: AsQuirks): OAuthRefusal | undefined {
  if (form.get('grant_type') !== JWT_BEARER) {
    return { error: 'unsupported_grant_type', description: `Only ${JWT_BEARER} is supported` };
  }
  if (!form.get('assertion')) return { error: 'invalid_request', description: 'The assertion is missing' };
  if (quirks.scope === 'refuse' && form.has('scope')) {
    return { error: 'invalid_request', description: 'The request must not include a scope parameter' };
  }
  if (quirks.resource === 'refuse' && form.has('resource')) {
    return { error: 'invalid_request', description: 'The request must not include a resource parameter' };
  }
  if (quirks.resource === 'required' && !form.has('resource')) {
    return { error: 'invalid_target', description: 'The resource parameter is missing' };
  }
  if ((form.get('resource') ?? resource) !== resource) {
    return { error: 'invalid_target', description: `Tokens are issued only for ${resource}` };
  }
  return undefined;
}

/** The ID-JAG's scope, narrowed to what was asked for when something was. */
export function grantedScope(idJag: IdJag, requested: string | undefined): string {
  if (!requested) return idJag.scope;
  const wanted = splitScope(requested);
  return splitScope(idJag.scope)
    .filter((scope) => wanted.includes(scope))
    .join(' ');
}
