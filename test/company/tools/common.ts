import { setTimeout as delay } from 'node:timers/promises';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { callerOf, type Toolbox, text } from './toolbox.ts';

// Long enough that a test must abort the call, short enough that a forgotten one ends.
const LONGEST_WAIT_MS = 600_000;
const MOST_STEPS = 1_000;

/** `whoami`: says whom the access token stands for. */
export function registerWhoami(server: McpServer, toolbox: Toolbox, scope: string): void {
  const config = {
    title: 'Who am I',
    description: 'The person and client that this server sees',
    annotations: { readOnlyHint: true },
    scopeChallenge: toolbox.needs(scope),
  };
  server.registerTool('whoami', config, (context) => {
    toolbox.called(context);
    return text(JSON.stringify(callerOf(context)));
  });
}

/** `echo`: gives its text back unchanged. */
export function registerEcho(server: McpServer, toolbox: Toolbox, scope: string): void {
  const config = {
    title: 'Echo',
    description: 'Gives the text back unchanged',
    inputSchema: z.object({ text: z.string() }),
    annotations: { readOnlyHint: true },
    scopeChallenge: toolbox.needs(scope),
  };
  server.registerTool('echo', config, (input, context) => {
    toolbox.called(context);
    return text(input.text);
  });
}

/** `count_up`: sends one progress notification per step, then the total. */
export function registerCountUp(server: McpServer, toolbox: Toolbox, scope: string): void {
  const config = {
    title: 'Count up',
    description: 'Counts to a number and reports every step as progress',
    inputSchema: z.object({
      to: z.int().min(1).max(MOST_STEPS),
      everyMilliseconds: z.int().min(0).max(LONGEST_WAIT_MS).default(0),
    }),
    annotations: { readOnlyHint: true },
    scopeChallenge: toolbox.needs(scope),
  };
  server.registerTool('count_up', config, async ({ to, everyMilliseconds }, context) => {
    toolbox.called(context);
    const progressToken = context.mcpReq._meta?.progressToken;
    for (let progress = 1; progress <= to; progress += 1) {
      if (everyMilliseconds > 0) await delay(everyMilliseconds, undefined, { signal: context.mcpReq.signal });
      if (progressToken === undefined) continue;
      const params = { progressToken, progress, total: to, message: `${progress} of ${to}` };
      await context.mcpReq.notify({ method: 'notifications/progress', params });
    }
    return text(`Counted to ${to}`);
  });
}

/** `wait`: answers after a while, and stops as soon as its caller goes away. */
export function registerWait(server: McpServer, toolbox: Toolbox, scope: string): void {
  const config = {
    title: 'Wait',
    description: 'Answers after some milliseconds',
    inputSchema: z.object({ milliseconds: z.int().min(0).max(LONGEST_WAIT_MS) }),
    annotations: { readOnlyHint: true },
    scopeChallenge: toolbox.needs(scope),
  };
  server.registerTool('wait', config, async ({ milliseconds }, context) => {
    toolbox.called(context);
    const { signal } = context.mcpReq;
    await delay(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (signal.aborted) toolbox.aborted();
      throw error;
    });
    return text(`Waited ${milliseconds} ms`);
  });
}
