import type { ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import { createSessionOwner } from '../../../main/identity/session-owner.ts';
import { createLog } from '../../../main/journal/log.ts';
import { EMPTY_VAULT, type SessionRecord, type VaultContents } from '../../../main/vault/contents.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { memorySink, policyIdentityProvider, sendJson, serve, until } from '../fixtures.ts';
import { manualSchedule } from './manual-schedule.ts';

/** How long the ID token of the session lives that an owner starts with, in ms. */
export const TOKEN_LIFE_MS = 600_000;

/** What a token request brought, and the ways to answer it. */
export interface Renewal {
  readonly refresh: string | null;
  /** Tokens; `change` replaces members of the answer, and takes those out that are undefined. */
  answer(change?: object): void;
  refuse(status: number, error: string, headers?: Readonly<Record<string, string>>): void;
  /** The connection ends without an answer. */
  reset(): void;
  /** What the vault on disk held when the request arrived. */
  readonly onDisk: VaultContents;
}

/** What can be chosen. */
export interface OwningOptions {
  /** How the session differs; null for none. */
  readonly session?: Partial<SessionRecord> | null;
  readonly policy?: object;
  readonly metadata?: (origin: string) => object;
}

/** An ID token as it comes from a token endpoint; nobody checks its signature there. */
export function idTokenOf(issuer: string, nowMs: number, change: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = Math.floor(nowMs / 1000);
  const claims = { iss: issuer, aud: 'c', sub: 'ada', iat: seconds, exp: seconds + 3_600, ...change };
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

/** A vault in memory whose disk can be full. */
function memoryVault(contents: VaultContents) {
  const vault = {
    contents,
    /** What a restart would find. */
    onDisk: contents,
    isFull: false,
    unsaved: undefined,
    setAside: undefined,
    restored: false,
    settled: async () => {},
    update: async (edit: (contents: VaultContents) => VaultContents) => {
      await undefined;
      vault.contents = edit(vault.contents);
      if (vault.isFull) throw new LanyardError({ code: 'vault-write', user: 'Full.', administrator: 'Full.' });
      vault.onDisk = vault.contents;
    },
  };
  return vault;
}

/** An owner over a real identity provider whose answers come when the test gives them, and a clock that stands still. */
export async function owning({ session: change = {}, policy, metadata }: OwningOptions = {}) {
  const time = manualSchedule();
  const renewals: Renewal[] = [];
  const revoked: (string | null)[] = [];
  const site = await serve(({ path, headers, body }, response: ServerResponse) => {
    const origin = `http://${headers.host}`;
    const parameters = new URLSearchParams(body);
    if (path === '/revoke') {
      revoked.push(parameters.get('token'));
      return response.end();
    }
    if (path !== '/token')
      return sendJson(response, 200, { issuer: origin, token_endpoint: `${origin}/token`, ...metadata?.(origin) });
    const tokens = { access_token: 'a', token_type: 'Bearer', id_token: idTokenOf(origin, time.clock()) };
    renewals.push({
      refresh: parameters.get('refresh_token'),
      answer: (more = {}) => sendJson(response, 200, { ...tokens, ...more }),
      refuse: (status, error, headers) => sendJson(response, status, { error }, headers),
      reset: () => response.socket?.resetAndDestroy(),
      onDisk: vault.onDisk,
    });
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const provider = createIdentityProvider(
    policyIdentityProvider({ issuer: site.origin, clientId: 'c', ...policy }),
    createFetch(agent),
    time.clock,
  );
  const session: SessionRecord = {
    issuer: site.origin,
    subject: 'ada',
    idToken: 'old',
    idTokenExpiresAt: time.clock() + TOKEN_LIFE_MS,
    refreshToken: 'refresh-1',
    provedAt: time.clock(),
    ...change,
  };
  const vault = memoryVault(change ? { ...EMPTY_VAULT, session } : EMPTY_VAULT);
  const logged = memorySink();
  let [lost, changes] = [0, 0];
  const context = {
    ...time,
    vault,
    provider,
    random: () => 1,
    log: createLog([logged], time.clock),
    onChange: () => {
      changes += 1;
    },
    onLost: () => {
      lost += 1;
    },
  };
  const owner = createSessionOwner(context);
  onTestFinished(() => owner.close());
  /** Waits for the next token request that no test has been given yet. */
  let given = 0;
  const renewal = async (): Promise<Renewal> => {
    await until(() => renewals.length > given);
    given += 1;
    return renewals[given - 1] as Renewal;
  };
  return {
    ...time,
    owner,
    vault,
    renewals,
    renewal,
    revoked,
    session,
    site,
    events: () => logged.entries.map(({ event }) => event),
    logged,
    lost: () => lost,
    changes: () => changes,
    /** Another owner over the same vault, as after a restart that found what was on disk. */
    restarted: () => {
      vault.contents = vault.onDisk;
      const next = createSessionOwner(context);
      onTestFinished(() => next.close());
      return next;
    },
  };
}
