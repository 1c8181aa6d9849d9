import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { type Clock, secondsAhead } from '../clock.ts';
import { createSweep } from '../sweep.ts';
import { type AuthTimes, createAuthTimes } from './auth-times.ts';

/** Where oidc-provider keeps sessions, codes, tokens and grants; in memory, by the company's clock. */
export interface IdpStorage {
  readonly adapter: AdapterFactory;
  /** When the sign-in behind a grant happened, in seconds of the company's clock; the same at every reading. */
  authTimeOf(grantId: string): number | undefined;
  /** How many entries it holds, those included that have expired and are not removed yet. */
  size(): number;
  /** Drops everything that belongs to the subject: browser sessions, grants, codes, tokens. */
  dropSubject(subject: string): void;
}

/** What the storage needs. */
export interface IdpStorageOptions {
  readonly clock: Clock;
  /** How long a spent refresh token is still found as unspent. */
  readonly refreshReuseGraceSeconds: number;
  /** Called with the value of every code and token when it is stored. */
  readonly onIssued: (value: string) => void;
}

interface Stored {
  readonly model: string;
  readonly id: string;
  readonly payload: AdapterPayload;
  readonly aheadWhenStored: number;
  readonly expiresAtMs: number;
  readonly consumedAtMs: number | undefined;
}

/** What all adapters share besides the entries. */
interface Keeping {
  readonly authTimes: AuthTimes;
  readonly sweep: () => void;
  readonly dropWhere: (condition: (entry: Stored) => boolean) => void;
}

// Models whose identifier is the very value that the client gets.
const VALUE_MODELS = new Set(['AccessToken', 'AuthorizationCode', 'DeviceCode', 'RefreshToken']);
const TIME_MEMBERS = ['iat', 'exp', 'iiat', 'authTime', 'loginTs'] as const;

/** An empty storage. */
export function createIdpStorage(options: IdpStorageOptions): IdpStorage {
  const entries = new Map<string, Stored>();
  const authTimes = createAuthTimes(options.clock);
  const sweep = createSweep(entries, ({ expiresAtMs }) => expiresAtMs <= options.clock());
  const dropWhere = (condition: (entry: Stored) => boolean) => {
    for (const [key, entry] of entries) {
      if (condition(entry)) entries.delete(key);
    }
  };
  return {
    adapter: (model) => createAdapter(model, entries, { authTimes, sweep, dropWhere }, options),
    authTimeOf: (grantId) => authTimes.of(grantId),
    size: () => entries.size,
    dropSubject: (subject) => dropWhere(({ payload }) => payload.accountId === subject),
  };
}

function createAdapter(
  model: string,
  entries: Map<string, Stored>,
  { authTimes, sweep, dropWhere }: Keeping,
  options: IdpStorageOptions,
): Adapter {
  const { clock } = options;
  const keyOf = (id: string) => `${model} ${id}`;
  const read = (entry: Stored | undefined) => {
    if (!entry || entry.expiresAtMs <= clock()) return undefined;
    return asFound(entry, options);
  };
  const findBy = async (member: 'uid' | 'userCode', value: string) =>
    read([...entries.values()].find((entry) => entry.model === model && entry.payload[member] === value));
  return {
    find: async (id) => read(entries.get(keyOf(id))),
    findByUid: (uid) => findBy('uid', uid),
    findByUserCode: (userCode) => findBy('userCode', userCode),
    upsert: async (id, payload, expiresIn) => {
      const expiresAtMs = expiresIn === undefined ? Number.POSITIVE_INFINITY : clock() + expiresIn * 1000;
      const aheadWhenStored = secondsAhead(clock);
      const { grantId, authTime } = payload;
      if (grantId && authTime !== undefined) authTimes.keep(grantId, authTime + aheadWhenStored, expiresAtMs);
      const { consumedAtMs } = entries.get(keyOf(id)) ?? {};
      entries.set(keyOf(id), { model, id, payload, aheadWhenStored, expiresAtMs, consumedAtMs });
      sweep();
      if (VALUE_MODELS.has(model)) options.onIssued(id);
    },
    consume: async (id) => {
      const entry = entries.get(keyOf(id));
      // The first use starts the grace period; answering again must not prolong it.
      if (entry) entries.set(keyOf(id), { ...entry, consumedAtMs: entry.consumedAtMs ?? clock() });
    },
    destroy: async (id) => void entries.delete(keyOf(id)),
    revokeByGrantId: async (grantId) => dropWhere((entry) => entry.payload.grantId === grantId),
  };
}

/** The payload as oidc-provider expects it: its times by the machine's clock, `consumed` when it is spent. */
function asFound(entry: Stored, { clock, refreshReuseGraceSeconds }: IdpStorageOptions): AdapterPayload {
  const passed = secondsAhead(clock) - entry.aheadWhenStored;
  const payload = moveTimes(entry.payload, -passed);
  const { consumedAtMs, model } = entry;
  if (consumedAtMs === undefined) return payload;
  const graceSeconds = model === 'RefreshToken' ? refreshReuseGraceSeconds : 0;
  const isSpent = clock() >= consumedAtMs + graceSeconds * 1000;
  return isSpent ? { ...payload, consumed: Math.floor(consumedAtMs / 1000) } : payload;
}

function moveTimes(payload: AdapterPayload, seconds: number): AdapterPayload {
  const moved = { ...payload };
  for (const member of TIME_MEMBERS) {
    const time = moved[member];
    if (time !== undefined) moved[member] = time + seconds;
  }
  return moved;
}
