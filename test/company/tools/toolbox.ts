import type { AuthInfo, CallToolResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import type { Clock } from '../clock.ts';

/** What a server's tools may use. One per server, shared by all its MCP sessions. */
export interface Toolbox {
  readonly clock: Clock;
  readonly serverName: string;
  /** What the tools keep between calls, by the subject it belongs to. */
  readonly shelves: Map<string, string[]>;
  /** To be called first by every tool. */
  called(context: ServerContext): void;
  /** To be called by a tool that stopped because its caller went away. */
  aborted(): void;
}

/** Puts a server's tools, resources and prompts into a new SDK instance. */
export type RegisterTools = (server: McpServer, toolbox: Toolbox) => void;

/** Who is calling, from the access token. */
export interface Caller {
  readonly subject: string;
  readonly email: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** The caller of a tool; there always is one, since every server is protected. */
export function callerOf(context: ServerContext): Caller {
  const auth = context.http?.authInfo;
  if (!auth) throw new Error('A tool was reached without an access token');
  return { ...personIn(auth), clientId: auth.clientId, scopes: auth.scopes };
}

/** A tool result of one text. */
export function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

/** The caller's own shelf of the server's state; `initial` fills it on first use. */
export function shelfOf(toolbox: Toolbox, context: ServerContext, initial: readonly string[]): string[] {
  const { subject } = callerOf(context);
  const shelf = toolbox.shelves.get(subject) ?? [...initial];
  toolbox.shelves.set(subject, shelf);
  return shelf;
}

function personIn(auth: AuthInfo): Pick<Caller, 'subject' | 'email'> {
  return { subject: String(auth.extra?.subject), email: String(auth.extra?.email) };
}
