import {
  type AuthInfo,
  type CallToolResult,
  type McpServer,
  requireScopes,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { ServerChange, ServerEra } from '../server/eras.ts';

/** What a server's tools may use. One per server, shared by all its MCP sessions. */
export interface Toolbox {
  readonly clock: Clock;
  readonly serverName: string;
  /** What the tools keep between calls, by the subject it belongs to. */
  readonly shelves: Map<string, string[]>;
  /** The scope challenge of a tool that needs these scopes, and whatever is demanded for it at run time. */
  needs(...scopes: Scopes): ScopeChallenge;
  /** To be called first by every tool. */
  called(context: ServerContext): void;
  /** Tells the clients of both eras, as far as they want to know. */
  announce(change: ServerChange): void;
  /** To be called by a tool that stopped because its caller went away. */
  aborted(): void;
}

/** Decides for each request to a tool whether its token has the scopes, as the SDK asks for it. */
export type ScopeChallenge = ReturnType<typeof requireScopes>;

type Scopes = readonly [string, ...string[]];

const ToolCall = z.object({ params: z.object({ name: z.string() }) });

/** Demands these scopes, and those that `demanded` names for the tool at that moment; a challenge tells them all. */
export function scopeChallenge(
  [first, ...others]: Scopes,
  demanded: (toolName: string) => readonly string[],
): ScopeChallenge {
  return (context) => {
    const call = ToolCall.safeParse(context.request);
    const further = call.success ? demanded(call.data.params.name) : [];
    return requireScopes(first, ...new Set([...others, ...further]))(context);
  };
}

/** Puts a server's tools, resources and prompts into a new SDK instance, which serves one era. */
export type RegisterTools = (server: McpServer, toolbox: Toolbox, era: ServerEra) => void;

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
