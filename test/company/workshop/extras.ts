import { setTimeout as delay } from 'node:timers/promises';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ServerEra } from '../server/eras.ts';
import { type Toolbox, text } from '../tools/toolbox.ts';
import type { Benches } from './changing.ts';

/** After this time, in ms, a call is over, and what a tool still has to say comes outside of it. */
const LATER_MS = 30;

/** A method that is in no revision. */
export const MEASURE_METHOD = 'example.com/measure';
/** A notification that is in none. */
export const CHIPS_METHOD = 'notifications/example.com/chips';

/** What is rare: things said outside of calls, which the legacy era alone has, and what no revision knows. */
export function registerExtras(server: McpServer, toolbox: Toolbox, benches: Benches, era: ServerEra): void {
  const isLegacy = era === 'legacy';
  // The answer is out first; whoever has left meanwhile hears nothing.
  const later = (act: () => Promise<unknown>) => {
    if (isLegacy)
      void delay(LATER_MS, undefined, { ref: false })
        .then(act, () => {})
        .catch(() => {});
    return text(isLegacy ? 'Later' : 'Never');
  };
  server.registerTool('ask_later', { description: 'Asks for the roots when its call is over' }, (context) => {
    toolbox.called(context);
    benches.askedLater = null;
    return later(async () => {
      benches.askedLater = await server.server.listRoots();
    });
  });
  server.registerTool('asked_later', { description: 'What came of ask_later' }, (context) => {
    toolbox.called(context);
    return text(JSON.stringify(benches.askedLater));
  });
  server.registerTool('log_later', { description: 'Logs when its call is over' }, (context) => {
    toolbox.called(context);
    return later(() => server.sendLoggingMessage({ level: 'error', data: 'Logged later' }));
  });
  server.registerTool('roots_changes', { description: 'How often roots have changed' }, (context) => {
    toolbox.called(context);
    return text(String(benches.rootsChanges));
  });
  if (isLegacy)
    server.server.setNotificationHandler('notifications/roots/list_changed', () => {
      benches.rootsChanges += 1;
    });
  server.server.setRequestHandler(MEASURE_METHOD, { params: z.object({ length: z.number() }) }, ({ length }) => ({
    inches: length / 25.4,
  }));
  server.registerTool('chips', { description: 'Drops chips while it works' }, async (context) => {
    toolbox.called(context);
    await context.mcpReq.notify({ method: CHIPS_METHOD, params: { grams: 12 } });
    return text('Worked');
  });
  server.registerTool('meta', { description: 'Tells the members that came with the call' }, (context) => {
    toolbox.called(context);
    return text(JSON.stringify(context.mcpReq._meta ?? {}));
  });
}
