import type { AgentCommand } from '../../shared/agent-process.ts';

/** Absolute: PATH must not choose it. */
export const BASH = '/bin/bash';

// $0 is a name for messages. /proc/self would be another process in a subshell; here nothing forks.
const CLOSE_ALL_AND_RUN =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  'for file in /proc/self/fd/*; do n=${file##*/}; if ((n > 2)); then eval "exec $n>&-"; fi; done; exec "$@"';

/**
 * On Linux a child inherits what Chromium has open: its channels to its own helper processes among them. An agent
 * that held those would keep the helpers of a crashed face alive for as long as it lives. So the agent is started
 * through a shell that closes everything but the standard streams and then becomes the agent. `-p` keeps the shell
 * from running what BASH_ENV names. Where there is no bash, the agent starts with everything open, which is untidy
 * and no danger: it uses none of it.
 */
export function cleanStart(command: AgentCommand, platform: NodeJS.Platform, hasBash: boolean): AgentCommand {
  if (platform !== 'linux' || !hasBash) return command;
  return { file: BASH, args: ['-p', '-c', CLOSE_ALL_AND_RUN, command.file, command.file, ...command.args] };
}
