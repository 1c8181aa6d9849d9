import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Face } from '../../../../main/desktop/bridge/face.ts';
import { createDemo, type DemoCompany } from '../../../../main/desktop/demo/demo.ts';
import { NO_POLICY } from '../../../../shared/agent-process.ts';
import { LanyardError } from '../../../../shared/errors.ts';
import { signedOut } from '../states.ts';

const FOLDER = '/state/demo';
const POLICY_FILE = `${FOLDER}/policy.json`;
const STARTED_AT = 1_000;
const PID = 7;
const APP_PID = 8;
const UNSET = { code: 'not-set-up', user: 'Not set up.', administrator: `There is no policy ${NO_POLICY}` };
const WITHOUT: Face = { link: 'down', trying: false, problem: UNSET };
const client = (id: string, addedAt: number) => ({ id, kind: 'codex', title: 'Codex', addedAt, entries: [] });

function running(): Face {
  const base = signedOut();
  const clients = [client('before', STARTED_AT - 1), client('own', STARTED_AT)];
  return {
    link: 'connected',
    state: {
      ...base,
      agent: { ...base.agent, pid: PID },
      company: { ...base.company, policyFile: POLICY_FILE },
      clients,
    },
  };
}

/** A face whose agent starts with a demo's policy, unless it is told to refuse it; and everything else around the demo. */
function surroundings(
  options: {
    face?: Face;
    refuses?: Face;
    disconnecting?: () => Promise<never>;
    isDeaf?: true;
    justConnected?: readonly object[];
  } = {},
) {
  const events: string[] = [];
  const child = Object.assign(new EventEmitter(), { kill: () => Boolean(events.push('company ended')) });
  let face = options.face ?? WITHOUT;
  let agentThere = face.link === 'connected';
  let hasTraces = agentThere;
  const show = (next: Face) => {
    face = next;
    demo.saw(next);
  };
  const demo: DemoCompany = createDemo({
    isPossible: true,
    pid: APP_PID,
    traces: {
      folder: FOLDER,
      policyFile: POLICY_FILE,
      leave: async () => {
        hasTraces = true;
        return STARTED_AT;
      },
      startedAt: async () => (hasTraces ? STARTED_AT : undefined),
      remove: async () => {
        if (hasTraces) events.push('traces removed');
        hasTraces = false;
      },
    },
    fork: () => child,
    face: () => face,
    restart: () => {
      events.push(`agent started with [${demo.agentOptions.join(' ')}]`);
      show({ link: 'starting' });
      if (demo.agentOptions.length === 0) return show(WITHOUT);
      agentThere = !options.refuses;
      show(options.refuses ?? running());
    },
    changed: () => events.push(demo.state),
    call: async ({ method, path }) => {
      if (path !== '/state') events.push(`${method} ${path}`);
      if (path === '/stop') {
        if (options.isDeaf) throw new Error('no answer');
        agentThere = false;
      } else if (path === '/state') {
        const now = running();
        if (now.link !== 'connected') throw new Error('not connected');
        return { ...now.state, clients: [...now.state.clients, ...(options.justConnected ?? [])] } as never;
      } else if (options.disconnecting) await options.disconnecting();
      return undefined as never;
    },
    kill: (pid, signal) => {
      if (!agentThere || pid !== PID) throw new Error('ESRCH');
      if (signal === 'SIGTERM') {
        events.push('agent killed');
        agentThere = false;
      }
    },
    schedule: () => () => {},
    onError: (error) => events.push(`error ${(error as LanyardError).code}`),
  });
  return { demo, child, events, show };
}

const opened = { policy: { version: 1 } };
const END = `--ends-with ${APP_PID} --entries-since ${STARTED_AT}`;
const WITH_DEMO = `agent started with [--policy ${POLICY_FILE} --insecure-file-key --keep-in ${FOLDER} ${END}]`;

test('it starts the company, then an agent of its own; and takes all of it back', async () => {
  const { demo, child, events } = surroundings();
  expect(demo.state).toBe('offered');
  const started = demo.start();
  expect(demo.state).toBe('starting');
  child.emit('message', opened);
  await started;
  expect(events.splice(0)).toEqual(['starting', WITH_DEMO, 'running']);

  await demo.end();
  expect(events).toEqual([
    'running',
    'DELETE /clients/own',
    'POST /stop',
    'company ended',
    'traces removed',
    'not-offered',
    'agent started with []',
  ]);
  expect(demo.state).toBe('offered');
});

test('whoever quits while it is ending waits for the same end', async () => {
  const { demo, child, events } = surroundings();
  const started = demo.start();
  child.emit('message', opened);
  await started;
  events.splice(0);
  void demo.end();
  expect(events).not.toContain('traces removed');
  await demo.close();
  expect(events.filter((event) => event === 'traces removed')).toHaveLength(1);
  expect(demo.state).toBe('offered');
});

test('an agent that refuses the demo’s policy is the answer, and the company does not stay', async () => {
  const managed = { code: 'not-set-up', user: 'Not set up.', administrator: '--policy is refused.' };
  const { demo, child, events } = surroundings({ refuses: { link: 'down', trying: false, problem: managed } });
  const started = demo.start();
  child.emit('message', opened);
  await expect(started).rejects.toMatchObject({ administrator: managed.administrator });
  expect(events).toContain('company ended');
  expect(events).toContain('traces removed');
  expect(demo.agentOptions).toEqual([]);
});

test('a company that does not start, or says nonsense, leaves nothing behind', async () => {
  for (const [name, value] of [
    ['exit', 1],
    ['message', 'hello'],
  ] as const) {
    const { demo, child, events } = surroundings();
    const started = demo.start();
    child.emit(name, value);
    await expect(started).rejects.toMatchObject({ code: 'demo-not-started' });
    expect(events).not.toContain(WITH_DEMO);
    expect(demo.state).toBe('offered');
  }
});

test('a company that ends by itself ends the demo', async () => {
  const { demo, child, events } = surroundings();
  const started = demo.start();
  child.emit('message', opened);
  await started;
  child.emit('exit', 1);
  await expect.poll(() => demo.state).toBe('offered');
  expect(events).toContain('POST /stop');
});

test('once its agent is refused, since the company’s own policy has arrived, the demo ends by itself', async () => {
  const { demo, child, events, show } = surroundings();
  const started = demo.start();
  child.emit('message', opened);
  await started;
  const managed = { code: 'not-set-up', user: 'Not set up.', administrator: '--policy is refused.' };
  show({ link: 'down', trying: true, problem: managed });
  await expect.poll(() => demo.agentOptions).toEqual([]);
  await expect.poll(() => events).toContain('traces removed');
  expect(events).toContain('company ended');
});

test('an agent of the demo that only died is left to start again', async () => {
  const { demo, child, events, show } = surroundings();
  const started = demo.start();
  child.emit('message', opened);
  await started;
  show({ link: 'down', trying: true, problem: { ...UNSET, code: 'agent-ended' } });
  expect(demo.state).toBe('running');
  expect(events).not.toContain('company ended');
});

test('where an app’s file is in the way, the rest is ended and the person hears of it', async () => {
  const error = new LanyardError({ code: 'client-file', user: 'Not changed.', administrator: 'Does not parse.' });
  const { demo, child, events } = surroundings({ disconnecting: () => Promise.reject(error) });
  const started = demo.start();
  child.emit('message', opened);
  await started;
  await expect(demo.end()).rejects.toMatchObject({ code: 'client-file' });
  expect(events).toContain('POST /stop');
  expect(demo.state).toBe('offered');
});

test('the agent of a demo whose app crashed is ended by the next app', async () => {
  const { demo, events, show } = surroundings({ face: running() });
  show(running());
  await expect.poll(() => demo.state).toBe('offered');
  expect(events).toEqual(expect.arrayContaining(['DELETE /clients/own', 'POST /stop', 'traces removed']));
});

test('an app that was connected a moment ago has its file back as well', async () => {
  const { demo, child, events } = surroundings({ justConnected: [client('fresh', STARTED_AT + 1)] });
  const started = demo.start();
  child.emit('message', opened);
  await started;
  await demo.end();
  expect(events).toEqual(expect.arrayContaining(['DELETE /clients/own', 'DELETE /clients/fresh']));
});

test('an agent that is ending by itself has taken the entries out: that is no fault', async () => {
  const gone = new LanyardError({ code: 'agent-not-running', user: 'Not running.', administrator: 'No socket.' });
  const { demo, child, events } = surroundings({ disconnecting: () => Promise.reject(gone) });
  const started = demo.start();
  child.emit('message', opened);
  await started;
  await demo.end();
  expect(events).toContain('traces removed');
});

test('an agent that does not answer any more is ended all the same', async () => {
  const { demo, child, events } = surroundings({ isDeaf: true });
  const started = demo.start();
  child.emit('message', opened);
  await started;
  await demo.end();
  expect(events).toContain('agent killed');
  expect(demo.state).toBe('offered');
});

test('it starts nothing where it is not offered', async () => {
  const { demo, events } = surroundings({ face: { link: 'starting' } });
  await demo.start();
  await demo.end();
  await demo.close();
  expect(events).toEqual([]);
});
