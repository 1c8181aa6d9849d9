import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import type { CliContext } from '../../../main/cli/context.ts';
import { stop } from '../../../main/cli/stop.ts';
import { localPaths } from '../../../shared/paths.ts';
import { problemFrom, sendJson, temporaryFolder } from '../fixtures.ts';
import { agentState } from '../shared/agent-state.ts';

/** How long one part of an agent outlives the other, in ms: some looks long. */
const OUTLIVES_MS = 350;

type Part = 'process' | 'socket';

/** A machine where an agent runs whose parts end in this order once it is told to; `done` has what happened, in order. */
async function machine(ends: readonly Part[]) {
  const paths = localPaths(temporaryFolder(), 'linux');
  mkdirSync(paths.state, { recursive: true });
  const done: string[] = [];
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { stdio: 'ignore' });
  child.once('exit', () => done.push('process gone'));
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const end = async () => {
    for (const part of ends) {
      if (part === 'process') child.kill('SIGKILL');
      else await listener.close().then(() => done.push('socket gone'));
      await sleep(OUTLIVES_MS);
    }
  };
  const listener = await openLocalListener(
    paths,
    (request, response) => {
      done.push(`${request.method} ${request.url}`);
      response.once('close', () => void end());
      sendJson(response, 200, agentState({ agent: { version: '1', pid: child.pid ?? 0, startedAt: 0, warnings: [] } }));
    },
    (_request, socket) => socket.destroy(),
  );
  onTestFinished(() => listener.close());
  return { context: contextOf(paths, done), done };
}

const contextOf = (paths: CliContext['paths'], done: string[]) =>
  ({ paths, out: (text: string) => void done.push(text) }) as CliContext;

test.each<readonly Part[]>([
  ['socket', 'process'],
  ['process', 'socket'],
])('stop waits until both are gone, here the %s first and then the %s', async (...ends) => {
  const { context, done } = await machine(ends);
  await stop(context);
  const gone = ends.map((part) => `${part} gone`);
  expect(done).toEqual(['POST /v1/stop', ...gone, expect.stringContaining('Lanyard has ended')]);
});

test.each<readonly [string, readonly Part[]]>([
  ['does not end', []],
  ['lets its socket go and stays', ['socket']],
  ['is there again', ['process']],
])('an agent that %s is told after ten seconds', async (_what, ends) => {
  const { context, done } = await machine(ends);
  let now = Date.now();
  // Every look at the clock is four seconds later: the third one is past ten.
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => {
    now += 4_000;
    return now;
  });
  onTestFinished(() => void clock.mockRestore());
  expect(await problemFrom(stop(context))).toMatchObject({ code: 'agent-still-running' });
  expect(done[0]).toBe('POST /v1/stop');
  expect(done.join()).not.toContain('has ended');
});

test('that none is running is what was wanted', async () => {
  const done: string[] = [];
  await stop(contextOf(localPaths(temporaryFolder(), 'linux'), done));
  expect(done).toEqual(['Lanyard is not running.\n']);
});
