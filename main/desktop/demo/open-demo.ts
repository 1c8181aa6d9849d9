import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import type { LocalPaths } from '../../../shared/paths.ts';
import { PRODUCT } from '../../../shared/product.ts';
import { systemSchedule } from '../../../shared/schedule.ts';
import { createDemo, type DemoCompany, type DemoDeps } from './demo.ts';
import { demoTraces } from './traces.ts';

/** What the rest of the face gives to the demo. */
export interface DemoSurroundings extends Pick<DemoDeps, 'call' | 'face' | 'restart' | 'changed' | 'onError'> {
  /** Folder of the app's bundles. */
  readonly bundles: string;
  readonly paths: LocalPaths;
  /** Whether the app was started with a policy of its own. */
  readonly hasPolicy: boolean;
}

/** The demo in Electron: the company runs in a utility process, which ends with the app whatever happens. */
export function openDemo({ bundles, paths, hasPolicy, ...deps }: DemoSurroundings): DemoCompany {
  const file = join(bundles, 'demo', 'company.js');
  return createDemo({
    ...deps,
    isPossible: !hasPolicy && existsSync(file),
    pid: process.pid,
    traces: demoTraces(paths, Date.now),
    // It gets no secret of ours, and what it writes is nobody's to read.
    fork: () => utilityProcess.fork(file, [], { serviceName: `${PRODUCT.name} demo company`, stdio: 'ignore' }),
    kill: (pid, signal) => process.kill(pid, signal),
    schedule: systemSchedule,
  });
}
