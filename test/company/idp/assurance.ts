import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { splitScope } from '../protocol.ts';

/** `acr` of a sign-in with a password alone (OpenID Connect Core section 2). */
export const ACR_PASSWORD = 'urn:example:pwd';
/** `acr` of a sign-in with a password and a one-time code. */
export const ACR_SECOND_FACTOR = 'urn:example:mfa';

/** Every `acr` that the IdP can reach; its metadata lists them. */
export const ACR_VALUES: readonly string[] = [ACR_PASSWORD, ACR_SECOND_FACTOR];

/** How somebody has just proved themselves, as ID tokens say it (`amr` by RFC 8176). */
export interface Assurance {
  readonly acr: string;
  readonly amr: readonly string[];
}

/**
 * What a sign-in with these `acr_values` reaches: the first value that is known, since they are in order of
 * preference and voluntary (OpenID Connect Core section 3.1.2.1).
 */
export function assuranceFor(acrValues: string | undefined): Assurance {
  const acr = knownAcrValues(acrValues)[0] ?? ACR_PASSWORD;
  return { acr, amr: acr === ACR_SECOND_FACTOR ? ['pwd', 'otp', 'mfa'] : ['pwd'] };
}

/** oidc-provider's own rules about when to show a page, and one more: a session of another `acr` is asked again. */
export function signInPolicy(): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy;
  const policy = base();
  const sentence = 'none of the requested authentication contexts was reached';
  policy.get('login')?.checks.add(new Check('acr_values', sentence, 'login_required', needsAnotherAcr));
  return policy;
}

function needsAnotherAcr({ oidc }: KoaContextWithOIDC): boolean {
  const wanted = knownAcrValues(oidc.params?.acr_values as string | undefined);
  // A sign-in that has just happened is never repeated: what it did not reach, the next one would not reach either.
  if (wanted.length === 0 || oidc.result?.login) return false;
  return !wanted.includes(oidc.session?.acr ?? '');
}

function knownAcrValues(acrValues: string | undefined): readonly string[] {
  return splitScope(acrValues).filter((value) => ACR_VALUES.includes(value));
}
