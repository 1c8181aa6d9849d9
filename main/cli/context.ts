import type { LocalPaths } from '../../shared/paths.ts';
import type { AgentStart } from './agent-options.ts';

/** What every command works with; nothing of it is global, so that tests can run commands side by side. */
export interface CliContext {
  readonly paths: LocalPaths;
  /** How to start ourselves: absolute path and first arguments. */
  readonly program: { readonly file: string; readonly args: readonly string[] };
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly signal: AbortSignal;
  /** Runs the agent in this process until it is told to stop; gives its exit code. */
  readonly runAgent: (options: AgentStart) => Promise<number>;
  /**
   * What there is to say of the policy that an agent would start with, or of `file`; throws what would keep the agent
   * from starting.
   */
  readonly checkPolicy: (file?: string) => Promise<string>;
  /** Moves MCP bytes between stdin/stdout and the agent; gives the exit code. */
  readonly runShim: (server: string, client: string | undefined) => Promise<number>;
}

/** A command did its work, but what it reports is not good: an exit code without an error message. */
export class NotGood extends Error {
  override readonly name = 'NotGood';
  readonly exitCode: number;

  constructor(exitCode = 1) {
    super();
    this.exitCode = exitCode;
  }
}
