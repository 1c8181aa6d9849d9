import type { ServerCapabilities } from '@modelcontextprotocol/server';
import { registerCountUp, registerEcho, registerWait, registerWhoami } from '../tools/common.ts';
import type { RegisterTools } from '../tools/toolbox.ts';
import { registerAsking } from './asking.ts';
import { createBenches, registerChanging } from './changing.ts';
import { registerExtras } from './extras.ts';
import { registerParts } from './parts.ts';
import { registerResults } from './results.ts';

/** What the workshop says of itself. */
export const WORKSHOP_CAPABILITIES: ServerCapabilities = {
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  logging: {},
  completions: {},
};

/** What it tells models. */
export const WORKSHOP_INSTRUCTIONS = 'Wear goggles.';

/** A server that has everything MCP has, so that a test can see what of it arrives. */
export function createWorkshop(): RegisterTools {
  const benches = createBenches();
  return (server, toolbox, era) => {
    const scope = `${toolbox.serverName}:use`;
    registerWhoami(server, toolbox, scope);
    registerEcho(server, toolbox, scope);
    registerCountUp(server, toolbox, scope);
    registerWait(server, toolbox, scope);
    registerResults(server, toolbox);
    registerAsking(server, toolbox, era);
    registerParts(server, benches, era);
    registerChanging(server, toolbox, benches);
    registerExtras(server, toolbox, benches, era);
  };
}
