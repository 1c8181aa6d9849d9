import type { LanyardError } from '../../shared/errors.ts';
import type { ServerView } from '../../shared/local-api.ts';
import type { Policy, PolicyServer } from '../../shared/policy.ts';
import type { Schedule } from '../../shared/schedule.ts';
import { serverStatus } from '../../shared/states.ts';
import type { StepUp } from '../../shared/step-up.ts';
import { isSameIssuer } from '../discovery/authorization-server.ts';
import { isResourceOf } from '../discovery/protected-resource.ts';
import { quirksOf } from '../identity/quirk-profiles.ts';
import type { Log } from '../journal/log.ts';
import type { GrantRecord } from '../vault/contents.ts';
import type { Vault } from '../vault/vault.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { type MintContext, mintGrant } from './mint.ts';
import { isThin, thinWarning } from './mint-budget.ts';
import { createMintCounts } from './mint-counts.ts';
import { viewGrant } from './transitions.ts';

/** One keeper for each approved server. */
export interface Grants {
  /** `undefined` for a name that policy does not know. */
  get(name: string): Keeper | undefined;
  readonly names: readonly string[];
  view(): ServerView[];
  /** What people should know: servers whose month's mints are nearly spent. One sentence each. */
  warnings(): string[];
  /** What the next sign-in should bring, one for each server that asks for something. */
  demands(): StepUp[];
  /** Somebody signed in: mints for every server at once, as policy allows. One's fault does not touch another. */
  signedIn(): Promise<void>;
  /** See `Keeper.wake`. */
  wake(sleptMs: number, spreadMs: number): void;
  /** Takes up the tokens of the vault, as after the keychain was unlocked. */
  load(): void;
  /** Drops every token in memory; the vault is the session owner's to clear. Callers who wait for a mint hear `why`. */
  reset(why?: LanyardError): void;
  close(): void;
}

/** What the grants work with. */
export interface GrantsContext extends MintContext {
  readonly policy: Policy;
  readonly vault: Vault;
  readonly schedule: Schedule;
  readonly random: () => number;
  readonly log: Log;
  readonly onChange: () => void;
  /** Hears of each ID-JAG that was issued. */
  readonly onMint?: () => void;
}

/** Whether a kept token may still be sent to this server: policy may have moved it or its AS since. */
export function fitsServer(record: GrantRecord, server: PolicyServer): boolean {
  const { issuer } = server.authorizationServer;
  if (!isResourceOf(record.resource, new URL(server.url))) return false;
  if (issuer === undefined) return true;
  const ignoresSlash = quirksOf({ ...server.authorizationServer, issuer }).issuerSlash === 'ignore';
  return isSameIssuer(issuer, record.authorizationServer, ignoresSlash);
}

function keptToken({ vault, session }: GrantsContext, server: PolicyServer): GrantRecord | null {
  const record = vault.contents.grants[server.name];
  return record && record.subject === session.current?.subject && fitsServer(record, server) ? record : null;
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

/** Puts the server's name into every line. */
function logOf(log: Log, server: string): Log {
  return {
    ...log,
    info: (event, fields) => log.info(event, { server, ...fields }),
    warn: (event, fields) => log.warn(event, { server, ...fields }),
    error: (event, fields) => log.error(event, { server, ...fields }),
  };
}

/** See {@link Grants}. */
export function createGrants(context: GrantsContext): Grants {
  const { policy, vault, session, clock, schedule, random, log, onChange, onMint } = context;
  const { keep: when, mintsPerMonth } = policy.grants;
  const counts = createMintCounts({ vault, session, clock, log, perMonth: mintsPerMonth });

  const open = (server: PolicyServer): Keeper => {
    const { name } = server;
    return createKeeper({
      mint: (extraScopes, signal, onIdJag) => {
        const count = () => {
          counts.add(server);
          onMint?.();
          onIdJag();
        };
        return mintGrant(server, { extraScopes, signal, onIdJag: count }, context);
      },
      kept: keptToken(context, server),
      keep: (token) =>
        vault.update((contents) => {
          const others = without(contents.grants, name);
          // Signed out, or somebody else signed in, in the meantime: a token must not outlive its session.
          if (!token || contents.session?.subject !== token.subject) return { ...contents, grants: others };
          return { ...contents, grants: { ...others, [name]: token } };
        }),
      when,
      isSignedIn: () => session.current !== null,
      isThin: () => isThin(counts.view(name)),
      clock,
      schedule,
      random,
      log: logOf(log, name),
      onChange,
    });
  };
  const openAll = () => new Map(policy.servers.map((server) => [server.name, { server, keeper: open(server) }]));
  // The same keepers as long as the agent runs: clients' connections hold on to them.
  const held = openAll();
  const keepers = () => [...held.values()].map(({ keeper }) => keeper);

  const viewServer = ({ server, keeper }: { server: PolicyServer; keeper: Keeper }): ServerView => {
    const now = clock();
    const { name, title, url, scopes } = server;
    const { token, work } = viewGrant(keeper.state, now);
    const { demand } = keeper;
    return {
      name,
      title,
      url,
      scopes,
      status: session.current ? serverStatus(token, work, now) : 'signed-out',
      token,
      work,
      ...(demand && { signInAsked: demand.cause.problem }),
      mints: counts.view(name),
    };
  };

  return {
    get: (name) => held.get(name)?.keeper,
    names: policy.servers.map(({ name }) => name),
    view: () => [...held.values()].map(viewServer),
    warnings: () =>
      policy.servers.flatMap(({ name, title }) => {
        const count = counts.view(name);
        return isThin(count) ? [thinWarning(title, count)] : [];
      }),
    demands: () =>
      keepers().flatMap(({ demand, state: { work } }) => [
        ...(demand ? [demand.stepUp] : []),
        ...(work.kind === 'blocked' && work.stepUp ? [work.stepUp] : []),
      ]),
    signedIn: async () => {
      await Promise.all(keepers().map((keeper) => keeper.signedIn()));
    },
    wake: (sleptMs, spreadMs) => {
      for (const keeper of keepers()) keeper.wake(sleptMs, spreadMs);
    },
    load: () => {
      for (const { server, keeper } of held.values()) void keeper.load(keptToken(context, server));
      onChange();
    },
    reset: (why) => {
      for (const keeper of keepers()) keeper.reset(why);
    },
    close: () => {
      for (const keeper of keepers()) keeper.close();
    },
  };
}
