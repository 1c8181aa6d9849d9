import { LanyardError } from '../../shared/errors.ts';
import type { Headers, HeadersRequest } from '../../shared/local-api.ts';
import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';
import { unknownServers } from '../clients/choice.ts';
import type { HeaderKeys } from './header-keys.ts';

/** What giving headers works with. */
export interface GiveHeadersContext {
  /** `clients.headerHelper` of the policy. */
  readonly isAllowed: boolean;
  readonly keys: Pick<HeaderKeys, 'give'>;
  /** Names of the approved servers. */
  readonly servers: readonly string[];
}

/**
 * The headers with which a client reaches a server, or all of them: a local key that lives in memory alone.
 *
 * @throws {LanyardError} `headers-not-allowed`, `unknown-server`.
 */
export function giveHeaders({ client, server }: HeadersRequest, context: GiveHeadersContext): Headers {
  const { isAllowed, keys, servers } = context;
  if (!isAllowed)
    throw new LanyardError({
      code: 'headers-not-allowed',
      user: 'Your company did not allow programs to ask Lanyard for keys. Connect the app with: lanyard client add',
      administrator: 'The policy does not set "clients": { "headerHelper": true }.',
    });
  if (server !== undefined && !servers.includes(server)) throw unknownServers([server], servers);
  return { headers: { [LOCAL_KEY_HEADER_NAME]: keys.give({ client, server }) } };
}
