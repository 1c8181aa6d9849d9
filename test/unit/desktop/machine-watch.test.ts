import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import type { NetworkSight } from '../../../main/desktop/machine-news.ts';
import { watchMachine } from '../../../main/desktop/machine-watch.ts';
import { callLocal } from '../../../shared/local-client.ts';
import { localPaths } from '../../../shared/paths.ts';
import { sendJson, temporaryFolder } from '../fixtures.ts';
import { agentState } from '../shared/agent-state.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

const answerState: Answer = (_request, response) => sendJson(response, 200, agentState());

/** A machine whose power, network and time the test moves, and an agent on a real socket that writes down its news. */
async function machine({ answer = answerState, running = true }: { answer?: Answer; running?: boolean } = {}) {
  const paths = localPaths(temporaryFolder(), 'linux');
  mkdirSync(paths.state, { recursive: true });
  const heard: string[] = [];
  if (running) {
    const listener = await openLocalListener(
      paths,
      async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
        heard.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
        await answer(request, response);
      },
      (_request, socket) => socket.destroy(),
    );
    onTestFinished(() => listener.close());
  }
  const power = new EventEmitter();
  const [looks, outcomes] = [[] as (() => void)[], [] as string[]];
  const world: { sight: NetworkSight | Error; now: number } = { sight: { online: true, place: '10.0.0.7' }, now: 0 };
  const end = watchMachine({
    power,
    sight: () => {
      if (world.sight instanceof Error) throw world.sight;
      return world.sight;
    },
    call: (call) => {
      const asked = callLocal(paths, call);
      asked.then(
        () => outcomes.push('done'),
        () => outcomes.push('failed'),
      );
      return asked;
    },
    schedule: (_delayMs, act) => {
      looks.push(act);
      return () => void looks.splice(looks.indexOf(act), 1);
    },
    now: () => world.now,
  });
  onTestFinished(end);
  const look = () => looks.shift()?.();
  return { power, world, look, looks, heard, outcomes, end };
}

const SUSPEND = 'POST /v1/power {"event":"suspend"}';
const RESUME = 'POST /v1/power {"event":"resume"}';
const ONLINE = 'POST /v1/network {"online":true}';
const OFFLINE = 'POST /v1/network {"online":false}';

test('sleeping, waking and unlocking reach the agent, in their order', async () => {
  const { power, world, heard } = await machine();
  power.emit('suspend');
  power.emit('resume');
  power.emit('unlock-screen');
  world.now = 60_000;
  power.emit('unlock-screen');
  world.now = 120_000;
  power.emit('user-did-become-active');
  await expect.poll(() => heard).toEqual([SUSPEND, RESUME, RESUME, RESUME]);
});

test('a network that goes and comes back reaches the agent', async () => {
  const { world, look, heard } = await machine();
  const settle = (sight: NetworkSight) => {
    world.sight = sight;
    look();
    look();
  };
  settle({ online: true, place: '10.0.0.7' });
  settle({ online: false, place: '' });
  settle({ online: true, place: '192.168.1.7' });
  await expect.poll(() => heard).toEqual([OFFLINE, ONLINE]);
});

test('a look that fails is followed by the next one', async () => {
  const { world, look, heard } = await machine();
  look();
  look();
  world.sight = new Error('too many open files');
  look();
  world.sight = { online: false, place: '' };
  look();
  look();
  await expect.poll(() => heard).toEqual([OFFLINE]);
});

test.each<readonly [string, Parameters<typeof machine>[0]]>([
  ['is not there', { running: false }],
  ['is older and knows no such news', { answer: (_request, response) => response.writeHead(404).end('{}') }],
  ['hangs up', { answer: (request) => request.socket.destroy() }],
])('an agent that %s is no fault, and the next news is sent all the same', async (_what, options) => {
  const { power, outcomes } = await machine(options);
  power.emit('suspend');
  power.emit('resume');
  await expect.poll(() => outcomes).toEqual(['failed', 'failed']);
});

test('once ended, nothing is listened to, looked at or sent', async () => {
  const { power, looks, heard, outcomes, end } = await machine();
  expect(power.eventNames()).toEqual(['suspend', 'resume', 'unlock-screen', 'user-did-become-active']);
  power.emit('suspend');
  end();
  expect(power.eventNames()).toEqual([]);
  expect(looks).toEqual([]);
  await expect.poll(() => outcomes).toEqual(['failed']);
  expect(heard).toEqual([]);
});
