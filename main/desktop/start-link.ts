import { existsSync } from 'node:fs';
import { app } from 'electron';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { watchState } from '../../shared/local-client.ts';
import { localPaths } from '../../shared/paths.ts';
import { agentCommand } from './agent-command.ts';
import { type AgentLink, linkAgent, pause } from './agent-link.ts';
import { startAgent } from './agent-start.ts';
import type { Face } from './bridge/face.ts';
import { BASH, cleanStart } from './clean-start.ts';
import { policyState } from './policy-state.ts';

/**
 * Links this app to the person's agent, on the real socket and with the real program.
 *
 * @param agentOptions what an agent is started with, asked at every start
 */
export function startLink(agentOptions: () => readonly string[], onFace: (face: Face) => void): AgentLink {
  const paths = localPaths();
  const surroundings = () => ({
    packaged: app.isPackaged,
    resources: process.resourcesPath,
    platform: process.platform,
    developmentCommand: process.env.LANYARD_AGENT_COMMAND,
  });
  const command = () => cleanStart(agentCommand(surroundings(), agentOptions()), process.platform, existsSync(BASH));
  return linkAgent(
    {
      ensure: async () => startAgent(paths, command()),
      isRunning: () => isAgentRunning(paths),
      policyState: () => policyState(agentOptions()),
      watch: (signal) => watchState(paths, signal),
      wait: pause,
      random: Math.random,
      now: () => performance.now(),
    },
    onFace,
  );
}
