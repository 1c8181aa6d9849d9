import { createHmac, randomBytes } from 'node:crypto';
import { hashLocalKey } from '../clients/local-key.ts';

/** A key that no program has shown for a day belongs to one that no longer runs, in ms. */
const UNUSED_LIMIT_MS = 24 * 60 * 60_000;

/** Keys at a time: more than 200 servers for five clients. When there are more, the one unused for longest ends. */
const MOST_KEYS = 1_000;

/** Random bytes from which the keys of one agent are made. */
const SECRET_BYTES = 32;

/** Whom a key is for, and what it opens: one server, or all where there is none. */
export interface HeaderKeyFor {
  readonly client: string;
  readonly server?: string | undefined;
}

/** The keys that `lanyard headers` gave out. They are known to this process alone and end with it. */
export interface HeaderKeys {
  /** Gives the key of a client for a server: the same one as long as it is in use, so that all its processes share it. */
  give(who: HeaderKeyFor): string;
  /** The id of a key by its hash (`claude-code@notes`), and notes that it was used. No connected client has such an id. */
  identify(keyHash: string): string | undefined;
  /** Whether the key with this id opens this server; `undefined` where the id is none of ours. */
  mayReach(id: string, server: string): boolean | undefined;
  /** The client that an id of ours or of anybody else's stands for, as the journal names it. */
  clientOf(id: string): string;
  /** Ends the keys of a client; gives their ids. */
  remove(client: string): readonly string[];
}

interface HeaderKey extends HeaderKeyFor {
  readonly keyHash: string;
  readonly serial: number;
  /** Milliseconds since the epoch. */
  usedAt: number;
}

const ALL = '*';
const idOf = ({ client, server = ALL }: HeaderKeyFor): string => `${client}@${server}`;

/**
 * See {@link HeaderKeys}. No key is kept: each is made from a secret of this process (HMAC-SHA-256) and a number that is
 * used once, and is known again by its hash.
 */
export function createHeaderKeys(clock: () => number): HeaderKeys {
  const secret = randomBytes(SECRET_BYTES);
  const byId = new Map<string, HeaderKey>();
  const idByHash = new Map<string, string>();
  let serials = 0;

  const keyOf = (serial: number) => `lk_${createHmac('sha256', secret).update(`${serial}`).digest('base64url')}`;
  const end = (id: string) => {
    const key = byId.get(id);
    if (key) idByHash.delete(key.keyHash);
    byId.delete(id);
  };
  const inUse = (id: string) => {
    const key = byId.get(id);
    if (!key || clock() - key.usedAt <= UNUSED_LIMIT_MS) return key;
    end(id);
    return undefined;
  };
  const makeRoom = () => {
    for (const id of [...byId.keys()]) inUse(id);
    if (byId.size < MOST_KEYS) return;
    const [oldest] = [...byId].toSorted(([, one], [, other]) => one.usedAt - other.usedAt);
    if (oldest) end(oldest[0]);
  };

  return {
    give: (who) => {
      const id = idOf(who);
      const known = inUse(id);
      if (known) {
        known.usedAt = clock();
        return keyOf(known.serial);
      }
      if (byId.size >= MOST_KEYS) makeRoom();
      const serial = serials++;
      const key = keyOf(serial);
      const keyHash = hashLocalKey(key);
      byId.set(id, { ...who, keyHash, serial, usedAt: clock() });
      idByHash.set(keyHash, id);
      return key;
    },
    identify: (keyHash) => {
      const id = idByHash.get(keyHash);
      const key = id === undefined ? undefined : inUse(id);
      if (key) key.usedAt = clock();
      return key && id;
    },
    mayReach: (id, server) => {
      if (!id.includes('@')) return undefined;
      const key = byId.get(id);
      return key !== undefined && (key.server === undefined || key.server === server);
    },
    clientOf: (id) => id.split('@', 1)[0] ?? id,
    remove: (client) => {
      const ids = [...byId].filter(([, key]) => key.client === client).map(([id]) => id);
      for (const id of ids) end(id);
      return ids;
    },
  };
}
