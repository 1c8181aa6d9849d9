import type { SessionRecord } from '../vault/contents.ts';
import type { Vault } from '../vault/vault.ts';
import { heldSession } from './session-vault.ts';
import { revokeRefreshToken, type SignOutContext } from './sign-out.ts';

/** Refresh tokens that no session here holds any more. */
export interface Leftovers {
  /**
   * Revokes one in the background, so that it does not live on at the IdP. It stays where its person is signed in here:
   * revoking it may end every session that the IdP gave this person and this client (RFC 7009 section 2.1), the present
   * one among them.
   */
  revoke(left: Pick<SessionRecord, 'subject' | 'refreshToken'>): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

/** What {@link Leftovers} work with. */
export interface LeftoversContext extends SignOutContext {
  readonly vault: Pick<Vault, 'contents'>;
}

/** See {@link Leftovers}. */
export function createLeftovers(context: LeftoversContext): Leftovers {
  const { vault, provider } = context;
  const underWay = new Set<Promise<void>>();
  return {
    revoke: ({ subject, refreshToken }) => {
      if (refreshToken === undefined || heldSession(vault.contents, provider.issuer)?.subject === subject) return;
      const work = revokeRefreshToken(refreshToken, context).finally(() => underWay.delete(work));
      underWay.add(work);
    },
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}
