import type { LocalPaths } from '../../shared/paths.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { Machine } from '../clients/apps/machine.ts';
import type { Program } from '../clients/entries.ts';
import type { OpenLog } from '../journal/log.ts';
import type { LoadedPolicy } from '../policy/load.ts';
import type { KeyStore } from '../vault/key-store.ts';

/** Everything an agent is made from. */
export interface AgentOptions {
  readonly loaded: LoadedPolicy;
  readonly paths: LocalPaths;
  readonly keyStore: KeyStore;
  readonly log: OpenLog;
  /** How clients start the program for stdio: absolute path and first arguments. */
  readonly program: Program;
  readonly home?: string;
  readonly clock?: () => number;
  /** The machine's timers when absent. */
  readonly schedule?: Schedule;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly env?: NodeJS.ProcessEnv;
  /** Where apps lie, when it is not this machine as it is. */
  readonly machine?: Partial<Machine>;
}
