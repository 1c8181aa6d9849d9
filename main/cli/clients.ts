import { type ClientKind, clientKindSchema, type Transport } from '../../shared/client-kinds.ts';
import { LanyardError } from '../../shared/errors.ts';
import { addedClientSchema, agentStateSchema, clientViewSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import type { CliContext } from './context.ts';
import { formatClients } from './format.ts';

/** Kinds of clients that `lanyard client add` takes. */
export const CLIENT_KINDS: readonly ClientKind[] = clientKindSchema.options;

/** Options of `lanyard client add`. */
export interface AddOptions {
  readonly transport?: Transport;
  readonly server?: readonly string[];
  readonly gateway?: true;
  readonly json?: true;
}

/** `lanyard client add`: connects a client, or prints what to paste. */
export async function addClient({ paths, out }: CliContext, kind: ClientKind, options: AddOptions): Promise<void> {
  const { transport, server: servers, gateway, json } = options;
  const added = await callLocal(paths, {
    method: 'POST',
    path: '/clients',
    body: { kind, ...(transport && { transport }), ...(servers && { servers }), ...(gateway && { gateway }) },
    answer: addedClientSchema,
  });
  const { client, snippet } = added;
  if (json) return out(`${JSON.stringify(added, null, 2)}\n`);
  if (client.file === undefined)
    return out(
      `${snippet}\n\nPaste this into the client's MCP settings.${transport !== 'stdio' ? ' The key in it is shown only now; keep it private.' : ''}\n`,
    );
  out(
    `Connected ${client.title}: ${client.entries.join(', ')} in ${client.file}\nStart a new session in it to see the tools.\n`,
  );
}

/** `lanyard client remove`. */
export async function removeClient({ paths, out }: CliContext, id: string): Promise<void> {
  if (!/^[a-z0-9-]{1,40}$/.test(id))
    throw new LanyardError({
      code: 'unknown-client',
      user: `"${id}" is not the name of a client. See: lanyard client list`,
      administrator: 'A client id has lower-case letters, digits and "-" only.',
    });
  await callLocal(paths, { method: 'DELETE', path: `/clients/${id}`, answer: agentStateSchema });
  out(`Disconnected ${id}.\n`);
}

/** `lanyard client list`. */
export async function listClients({ paths, out }: CliContext, { json }: { json?: true }): Promise<void> {
  const { clients } = await callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  out(json ? `${JSON.stringify(clientViewSchema.array().parse(clients), null, 2)}\n` : formatClients(clients));
}
