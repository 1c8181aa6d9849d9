import { problemOf } from '../../shared/errors.ts';
import type { MintCount } from '../../shared/local-api.ts';
import type { PolicyServer } from '../../shared/policy.ts';
import type { SessionOwner } from '../identity/session-owner.ts';
import type { Log } from '../journal/log.ts';
import { personKey } from '../vault/contents.ts';
import type { Vault } from '../vault/vault.ts';
import { countMint, isThin, thinWarning, viewMints, withoutOldCounts } from './mint-budget.ts';

/** What counting works with. */
export interface MintCountsContext {
  readonly vault: Vault;
  readonly session: Pick<SessionOwner, 'current'>;
  readonly clock: () => number;
  readonly log: Log;
  /** What policy says is allowed for each server in a month. */
  readonly perMonth: number;
}

/** The present person's mints, which are counted in the vault and so outlive restarts and sign-outs. */
export interface MintCounts {
  /** One more ID-JAG was issued for this server, whether or not a token came of it. */
  add(server: Pick<PolicyServer, 'name' | 'title'>): void;
  /** Zeros while nobody is signed in. */
  view(server: string): MintCount;
}

/** See {@link MintCounts}. */
export function createMintCounts({ vault, session, clock, log, perMonth }: MintCountsContext): MintCounts {
  const view = (server: string): MintCount => {
    const { current } = session;
    const record = current ? vault.contents.mints[personKey(current)]?.[server] : undefined;
    return viewMints(record, clock(), perMonth);
  };
  return {
    view,
    add: ({ name, title }) => {
      const { current } = session;
      if (!current) return;
      const wasThin = isThin(view(name));
      const person = personKey(current);
      const written = vault.update((contents) => {
        const mints = withoutOldCounts(contents.mints, clock());
        const mine = mints[person] ?? {};
        return { ...contents, mints: { ...mints, [person]: { ...mine, [name]: countMint(mine[name], clock()) } } };
      });
      written.catch((error: unknown) => log.error('mint-not-counted', { detail: problemOf(error).administrator }));
      const count = view(name);
      if (!wasThin && isThin(count)) log.warn('mints-thin', { server: name, detail: thinWarning(title, count) });
    },
  };
}
