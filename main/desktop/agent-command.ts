import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { AgentCommand } from '../../shared/agent-process.ts';
import { LanyardError } from '../../shared/errors.ts';
import { PRODUCT } from '../../shared/product.ts';

/** Where we run from. */
export interface Surroundings {
  readonly packaged: boolean;
  /** Electron's `process.resourcesPath`. */
  readonly resources: string;
  readonly platform: NodeJS.Platform;
  /** `LANYARD_AGENT_COMMAND`: a JSON list of program and first arguments. */
  readonly developmentCommand: string | undefined;
}

const commandSchema = z.tuple([z.string().min(1)], z.string());

function developmentCommand(text: string | undefined): [string, ...string[]] {
  try {
    return commandSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new LanyardError({
      code: 'agent-command',
      user: 'Lanyard does not know how to start its agent.',
      administrator:
        'LANYARD_AGENT_COMMAND must be a JSON list of strings such as ["/usr/bin/node","main/lanyard.ts"].',
      cause,
    });
  }
}

/**
 * How the agent is started. A packaged app starts the one it was shipped with and nothing else: the environment
 * must not choose which program holds the keys. In development `LANYARD_AGENT_COMMAND` names it.
 *
 * @throws {LanyardError} `agent-command` in development without a usable `LANYARD_AGENT_COMMAND`.
 */
export function agentCommand(surroundings: Surroundings, options: readonly string[]): AgentCommand {
  const { packaged, resources, platform } = surroundings;
  const executable = platform === 'win32' ? `${PRODUCT.command}.exe` : PRODUCT.command;
  const [file, ...first] = packaged
    ? [join(resources, PRODUCT.command, executable)]
    : developmentCommand(surroundings.developmentCommand);
  return { file: resolve(file), args: [...first, 'agent', ...options] };
}
