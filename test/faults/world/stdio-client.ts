import type { Socket } from 'node:net';
import { connectLocal } from '../../../shared/local-connection.ts';
import type { LocalPaths } from '../../../shared/paths.ts';
import { readLine } from '../../../shared/read-line.ts';
import { STDIO_PATH, STDIO_UPGRADE } from '../../../shared/stdio-upgrade.ts';
import { readToolAnswer } from '../../integration/raw-http.ts';
import { toolCallBody } from './call.ts';

/** A client on stdio, connected as its shim would be. */
export interface StdioClient {
  /** Calls a tool; whether the server itself answered with a result that is no error, and what came. Never throws. */
  call(): Promise<{ readonly isServed: boolean; readonly text: string }>;
  close(): void;
}

const LINE_LIMIT_BYTES = 8 * 1024;
const UPGRADE_LIMIT_MS = 5_000;

/** Lines have no status. */
const HTTP_OK = 200;

async function upgrade(socket: Socket, server: string): Promise<void> {
  socket.write(
    `POST ${STDIO_PATH}?server=${server} HTTP/1.1\r\nHost: lanyard\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_UPGRADE}\r\n\r\n`,
  );
  const line = () => readLine(socket, LINE_LIMIT_BYTES, UPGRADE_LIMIT_MS);
  const status = await line();
  while ((await line()) !== '\r');
  if (!status.startsWith('HTTP/1.1 101 ')) throw new Error(`No stdio for ${server}: ${status}`);
}

/** Connects; the client speaks the era without MCP sessions. */
export async function connectStdio(paths: LocalPaths, server: string): Promise<StdioClient> {
  const socket = await connectLocal(paths);
  await upgrade(socket, server);
  const waiting = new Map<number, (text: string) => void>();
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { id } = JSON.parse(line) as { id?: number };
      if (id !== undefined) waiting.get(id)?.(line);
    }
  });
  socket.on('close', () => {
    for (const answer of waiting.values()) answer('{"error":"the connection ended"}');
  });
  socket.resume();
  let calls = 0;
  return {
    call: async () => {
      calls += 1;
      const id = calls;
      const { promise, resolve } = Promise.withResolvers<string>();
      waiting.set(id, resolve);
      socket.write(`${toolCallBody(server, id)}\n`);
      const text = await promise;
      waiting.delete(id);
      return { isServed: readToolAnswer(HTTP_OK, text).by === 'server', text };
    },
    close: () => socket.destroy(),
  };
}
