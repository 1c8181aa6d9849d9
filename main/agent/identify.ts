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

/** Finds the client of a local key. A key that nobody has is logged, without the key. */
export function createIdentify({ registry, log, clock }: IdentifyContext): (localKey: string) => string | undefined {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (localKey) => {
    const client = registry.identify(hashLocalKey(localKey));
    if (client === undefined && Math.abs(clock() - loggedAt) >= WRONG_KEY_QUIET_MS) {
      loggedAt = clock();
      log.warn('wrong-local-key');
    }
    return client;
  };
}
