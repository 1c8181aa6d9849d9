import type { ServerView } from '../../shared/local-api.ts';
import type { Policy, PolicyServer } from '../../shared/policy.ts';
import { serverStatus } from '../../shared/states.ts';
import { isResourceOf } from '../discovery/protected-resource.ts';
import type { Log } from '../journal/log.ts';
import type { GrantRecord } from '../vault/contents.ts';
import type { Vault } from '../vault/vault.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { type MintContext, mintGrant } from './mint.ts';
import { initialState, viewGrant } from './transitions.ts';

/** One keeper for each approved server. */
export interface Grants {
  /** `undefined` for a name that policy does not know. */
  get(name: string): Keeper | undefined;
  readonly names: readonly string[];
  view(): ServerView[];
  /** Mints for every server at once: signing in counts as use of all of them. One's fault does not touch another. */
  mintAll(): Promise<void>;
  /** Takes up the tokens of the vault, as after the keychain was unlocked. */
  load(): void;
  /** Drops every token in memory; the vault is the session owner's to clear. */
  reset(): void;
}

/** What the grants work with. */
export interface GrantsContext extends MintContext {
  readonly policy: Policy;
  readonly vault: Vault;
  readonly random: () => number;
  readonly log: Log;
  readonly onChange: () => void;
}

/** Whether a kept token may still be sent to this server: policy may have moved it or its AS since. */
export function fitsServer(record: GrantRecord, server: PolicyServer): boolean {
  const { issuer } = server.authorizationServer;
  return (
    isResourceOf(record.resource, new URL(server.url)) &&
    (issuer === undefined || issuer === record.authorizationServer)
  );
}

function keptToken({ vault, session }: GrantsContext, server: PolicyServer): GrantRecord | null {
  const record = vault.contents.grants[server.name];
  return record && record.subject === session.current?.subject && fitsServer(record, server) ? record : null;
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

function viewServer(
  { name, title, url, scopes }: PolicyServer,
  keeper: Keeper | undefined,
  signedIn: boolean,
  now: number,
): ServerView {
  const { token, work } = viewGrant(keeper?.state ?? initialState(null, now), now);
  const status = signedIn ? serverStatus(token, work, now) : 'signed-out';
  return {
    name,
    title,
    url,
    scopes,
    status,
    token,
    work,
    mints: { today: 0, thisMonth: keeper?.mints ?? 0, perMonth: 0 },
  };
}

/** See {@link Grants}. */
export function createGrants(context: GrantsContext): Grants {
  const { policy, vault, session, clock, random, log, onChange } = context;
  const open = (server: PolicyServer): Keeper =>
    createKeeper({
      mint: () => mintGrant(server, context),
      kept: keptToken(context, server),
      keep: (token) =>
        vault.update((contents) => {
          const others = without(contents.grants, server.name);
          // Signed out, or somebody else signed in, in the meantime: a token must not outlive its session.
          if (!token || contents.session?.subject !== token.subject) return { ...contents, grants: others };
          return { ...contents, grants: { ...others, [server.name]: token } };
        }),
      clock,
      random,
      log: {
        ...log,
        info: (event, fields) => log.info(event, { server: server.name, ...fields }),
        warn: (event, fields) => log.warn(event, { server: server.name, ...fields }),
        error: (event, fields) => log.error(event, { server: server.name, ...fields }),
      },
      onChange,
    });
  const openAll = () => new Map(policy.servers.map((server) => [server.name, open(server)]));
  let keepers = openAll();

  return {
    get: (name) => keepers.get(name),
    names: policy.servers.map(({ name }) => name),
    view: () =>
      policy.servers.map((server) => viewServer(server, keepers.get(server.name), session.current !== null, clock())),
    mintAll: async () => {
      await Promise.all([...keepers.values()].map((keeper) => keeper.retry()));
    },
    load: () => {
      keepers = openAll();
      onChange();
    },
    reset: () => {
      for (const keeper of keepers.values()) keeper.reset();
    },
  };
}
