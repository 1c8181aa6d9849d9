import { readdir, readFile } from 'node:fs/promises';
import { until } from '../integration/until.ts';

/** A process as proc(5) shows it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its arguments, each ended by NUL. */
  readonly command: string;
  readonly uid: number;
  /** 2: a seccomp filter is in force. */
  readonly seccomp: number;
}

/** Every process that runs now. */
export async function allProcesses(): Promise<Process[]> {
  const found: Process[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '');
    const status = await readFile(`/proc/${name}/status`, 'latin1').catch(() => '');
    const field = (key: string) => Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
    const pid = Number(name);
    found.push({ pid, command, uid: field('Uid'), seccomp: field('Seccomp'), parent: field('PPid') });
  }
  return found;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends a process of ours and waits until it is gone. */
export async function endProcess(pid: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (isThere(pid)) process.kill(pid, signal);
  await until(() => !isThere(pid));
}

/** Every process but this one whose arguments name a folder: those of the scene that the folder belongs to. */
export async function processesOf(folder: string): Promise<Process[]> {
  return (await allProcesses()).filter(({ pid, command }) => pid !== process.pid && command.includes(folder));
}

/** Ends the processes of a scene's folder, and no other. */
export async function endProcessesOf(folder: string): Promise<void> {
  await Promise.all((await processesOf(folder)).map(({ pid }) => endProcess(pid, 'SIGKILL')));
}
