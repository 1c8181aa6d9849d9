import type { Child } from '../program.ts';
import { initializeBody } from '../raw-http.ts';

/** What a client says once it has been greeted. */
export const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' } as const;

/** A message as it goes over stdin. */
export function line(message: unknown): string {
  return `${typeof message === 'string' ? message : JSON.stringify(message)}\n`;
}

/** A message that came out, as far as tests look into it. */
export interface Message {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The messages that came out so far. */
export function messages(child: Child): Message[] {
  return child
    .stdout()
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text));
}

/** Begins an MCP session and waits for the answer. */
export async function initialize(child: Child): Promise<void> {
  child.stdin.write(line(initializeBody('init')));
  await child.printed(/"id":"init"/);
}
