import { hashLocalKey } from '../clients/local-key.ts';
import type { ClientRegistry } from '../clients/registry.ts';
import type { Log } from '../journal/log.ts';

/** A client with an old key tries again every few seconds; one line in this time says enough, in ms. */
const WRONG_KEY_QUIET_MS = 60_000;

/** What telling clients apart works with. */
export interface IdentifyContext {
  readonly registry: Pick<ClientRegistry, 'identify'>;
  readonly log: Log;
  readonly clock: () => number;
}

/**
 * Finds the client of a local key. A key that nobody has is logged, without the key. The hash of a connection's last key
 * is remembered: its client is looked up each time, so a client that was removed is nobody at once; and a comparison
 * with what this very connection showed before tells nobody anything by its timing.
 */
export function createIdentify({
  registry,
  log,
  clock,
}: IdentifyContext): (localKey: string, connection?: object) => string | undefined {
  let loggedAt = Number.NEGATIVE_INFINITY;
  const shown = new WeakMap<object, { readonly localKey: string; readonly keyHash: string }>();
  const hashOf = (localKey: string, connection: object | undefined): string => {
    const last = connection && shown.get(connection);
    if (last?.localKey === localKey) return last.keyHash;
    const keyHash = hashLocalKey(localKey);
    if (connection) shown.set(connection, { localKey, keyHash });
    return keyHash;
  };
  return (localKey, connection) => {
    const client = registry.identify(hashOf(localKey, connection));
    if (client === undefined && Math.abs(clock() - loggedAt) >= WRONG_KEY_QUIET_MS) {
      loggedAt = clock();
      log.warn('wrong-local-key');
    }
    return client;
  };
}
