import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PROGRAM } from '../../../integration/program.ts';
import { SERVER } from '../guarded-server.ts';

/** How long a shim may take to end after its stdin has ended, in ms. */
const END_LIMIT_MS = 5_000;

/** A `lanyard stdio` process, as a client has it. */
export interface ShimProcess {
  send(line: string): void;
  close(): Promise<void>;
}

/** Starts `lanyard stdio` for the fixture server; `onLine` gets what it writes. */
export function startShim(home: string, onLine: (line: string) => void): ShimProcess {
  const child = spawn(process.execPath, [PROGRAM, 'stdio', SERVER], {
    env: { HOME: home, PATH: process.env.PATH ?? '' },
    cwd: home,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', onLine);
  // Writing to a process that has just ended is nobody's fault.
  child.stdin.on('error', () => {});
  const ended = once(child, 'close');
  return {
    send: (line) => void child.stdin.write(`${line}\n`),
    close: async () => {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
