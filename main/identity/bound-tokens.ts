import { LanyardError } from '../../shared/errors.ts';
import type { IdentityProvider } from './provider.ts';
import type { Tokens } from './tokens.ts';

/** An access token that is bound says that the refresh token beside it is bound too (RFC 9449 section 5). */
export function isBound({ token_type }: Tokens): boolean {
  return token_type === 'dpop';
}

/**
 * Gives the tokens back, where they are bound or policy does not require that.
 *
 * @throws {LanyardError} `idp-not-bound`.
 */
export function demandBound(tokens: Tokens, { issuer, policy }: Pick<IdentityProvider, 'issuer' | 'policy'>): Tokens {
  if (policy.dpop !== 'required' || isBound(tokens)) return tokens;
  throw new LanyardError({
    code: 'idp-not-bound',
    user: 'The sign-in service did not protect your sign-in as your company demands. Tell your administrator.',
    administrator: `The policy requires DPoP, but ${issuer} gave tokens of the type "${tokens.token_type}". Have it bind the tokens of this client (RFC 9449), or set "dpop" of identityProvider to "auto".`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}
