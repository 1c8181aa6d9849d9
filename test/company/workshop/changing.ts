import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Toolbox, text } from '../tools/toolbox.ts';

/** The resource whose text counts up. */
export const COUNTER_URI = 'workshop://counter';

/** What changes while the workshop runs; the same for all its clients. */
export interface Benches {
  /** Number in the counter resource. */
  count: number;
  /** Lists that have one entry more at the moment. */
  readonly longer: Set<'tools' | 'prompts' | 'resources'>;
  /** The answer to what was asked outside of a call; null until it is there. */
  askedLater: unknown;
  rootsChanges: number;
}

/** Shows an entry only while its list is longer, also in MCP sessions that are open already. */
export function onlyWhileLonger(entry: { enabled: boolean }, isLonger: () => boolean): void {
  Object.defineProperty(entry, 'enabled', { get: isLonger });
}

/** Nothing has changed yet. */
export function createBenches(): Benches {
  return { count: 0, longer: new Set(), askedLater: null, rootsChanges: 0 };
}

/** `change` adds an entry to a list or takes it away; `count` changes the counter. Both tell who listens. */
export function registerChanging(server: McpServer, toolbox: Toolbox, benches: Benches): void {
  const change = {
    description: 'Adds an entry to a list, or takes it away again',
    inputSchema: z.object({ list: z.enum(['tools', 'prompts', 'resources']) }),
  };
  server.registerTool('change', change, ({ list }, context) => {
    toolbox.called(context);
    const isShorter = benches.longer.delete(list);
    if (!isShorter) benches.longer.add(list);
    toolbox.announce(list);
    return text(isShorter ? 'Shorter' : 'Longer');
  });
  server.registerTool('count', { description: 'Counts the counter up by one' }, (context) => {
    toolbox.called(context);
    benches.count += 1;
    toolbox.announce({ updated: COUNTER_URI });
    return text(String(benches.count));
  });
  const spare = server.registerTool('spare_tool', { description: 'Comes and goes' }, () => text('Here'));
  onlyWhileLonger(spare, () => benches.longer.has('tools'));
}
