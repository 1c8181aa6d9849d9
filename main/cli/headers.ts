import { ensureAgent } from '../../shared/agent-process.ts';
import { headersSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import type { CliContext } from './context.ts';

/** Options of `lanyard headers`. */
export interface HeadersOptions {
  /** Names the client in the journal. */
  readonly client: string;
}

/**
 * `lanyard headers`: prints the headers for a server, or for all of them together, as one JSON object; clients with a
 * header helper read it. Starts the agent where none runs.
 *
 * @throws {LanyardError} `headers-not-allowed`, `unknown-server`, `bad-request`.
 */
export async function printHeaders(
  { paths, program, out }: CliContext,
  server: string | undefined,
  { client }: HeadersOptions,
): Promise<void> {
  await ensureAgent(paths, { file: program.file, args: [...program.args, 'agent'] });
  const { headers } = await callLocal(paths, {
    method: 'POST',
    path: '/headers',
    body: { client, ...(server !== undefined && { server }) },
    answer: headersSchema,
  });
  out(`${JSON.stringify(headers)}\n`);
}
