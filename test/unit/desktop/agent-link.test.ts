import { afterEach, describe, expect, test } from 'vitest';
import { type AgentLink, type LinkDeps, linkAgent } from '../../../main/desktop/agent-link.ts';
import { backoffMs } from '../../../main/desktop/backoff.ts';
import type { Face } from '../../../main/desktop/bridge/face.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { signedOut } from './states.ts';

const unset = new LanyardError({ code: 'not-set-up', user: 'No policy.', administrator: 'No policy.' });
const fault = new LanyardError({ code: 'agent-not-started', user: 'It fails.', administrator: 'It fails.' });

interface Script {
  /** What each call of `ensure` does, the last one for ever. */
  readonly ensure: readonly ('found' | 'started' | Error)[];
  /** Whether an agent answers when it is only looked for. */
  readonly running?: () => boolean;
  /** How many connections end by themselves; the next one stays. */
  readonly endings?: number;
  /** How long each of them lasted. */
  readonly livesMs?: number;
  /** What the policy is at each look, the last one for ever. */
  readonly policies?: readonly string[];
}

let link: AgentLink | undefined;
afterEach(() => link?.stop());

/** Runs a link on a script until it has waited `waits` times or stays connected, and says what it showed and did. */
async function play(
  { ensure, running = () => true, endings = 0, policies = [''], livesMs = 60_000 }: Script,
  waits: number,
) {
  let clock = 0;
  const faces: string[] = [];
  const waited: number[] = [];
  let [starts, connections, looks] = [0, 0, 0];
  const settled = Promise.withResolvers<void>();
  const deps: LinkDeps = {
    ensure: async () => {
      const outcome = ensure[Math.min(starts++, ensure.length - 1)] ?? 'found';
      if (typeof outcome === 'string') return outcome;
      throw outcome;
    },
    isRunning: async () => running(),
    policyState: async () => policies[Math.min(looks++, policies.length - 1)] ?? '',
    async *watch(signal) {
      yield signedOut();
      if (connections++ < endings) return;
      settled.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    wait: async (milliseconds, signal) => {
      waited.push(milliseconds);
      if (waited.length < waits) return;
      settled.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    random: () => 1,
    // Each agent lives for as long as the script says.
    now: () => (clock += livesMs),
  };
  const onFace = (face: Face) => {
    faces.push(face.link === 'down' ? `down, trying: ${face.trying}` : face.link);
    if (face.link === 'down') problems.push(face.problem.code);
  };
  const problems: string[] = [];
  link = linkAgent(deps, onFace);
  await settled.promise;
  await new Promise((resolve) => setImmediate(resolve));
  return { faces, problems, waited, starts: () => starts, link };
}

describe('link to the agent', () => {
  test('an agent that is there is followed', async () => {
    const { faces, starts } = await play({ ensure: ['found'] }, 1);
    expect(faces).toEqual(['connected']);
    expect(starts()).toBe(1);
  });

  test('an agent that dies young again and again is started ever more slowly, and then no more', async () => {
    const { faces, starts, waited } = await play(
      { ensure: ['started'], endings: 9, livesMs: 1_000, running: () => false },
      7,
    );
    expect(starts()).toBe(5);
    expect(waited.slice(0, 5)).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
    expect(faces.at(-1)).toBe('down, trying: false');
  });

  test('an agent we started is started again when it dies', async () => {
    const { faces, starts, waited } = await play({ ensure: ['started'], endings: 2 }, 9);
    expect(faces).toEqual(['connected', 'down, trying: true', 'connected', 'down, trying: true', 'connected']);
    expect(starts()).toBe(3);
    expect(waited).toEqual([500, 500]);
  });

  test('an agent that somebody else runs is waited for, not started', async () => {
    const { faces, starts } = await play({ ensure: ['found'], endings: 1, running: () => false }, 4);
    expect(faces).toEqual(['connected', ...Array(4).fill('down, trying: false')]);
    expect(starts()).toBe(1);
  });

  test('starts that fail are repeated ever more slowly, and at most five times', async () => {
    const { starts, waited, faces } = await play({ ensure: [fault], running: () => false }, 9);
    expect(starts()).toBe(5);
    expect(waited).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    expect(faces.at(3)).toBe('down, trying: true');
    expect(faces.at(4)).toBe('down, trying: false');
  });

  test('without a policy one start is enough, and the face goes on saying why', async () => {
    const { starts, waited, problems, faces, link: waits } = await play({ ensure: [unset], running: () => false }, 4);
    expect(starts()).toBe(1);
    expect(waited).toEqual(Array(4).fill(60_000));
    expect(new Set(problems)).toEqual(new Set(['not-set-up']));
    expect(faces.at(0)).toBe('down, trying: false');
    waits.restart();
    await expect.poll(starts).toBe(2);
    expect(waits.face).toMatchObject({ link: 'down', problem: { code: 'not-set-up' } });
  });

  test('once the policy has come the agent is started by itself', async () => {
    const script = { ensure: [unset, 'started'], running: () => false, policies: ['none', 'none', 'there'] } as const;
    const { starts, faces } = await play(script, 9);
    expect(starts()).toBe(2);
    expect(faces.at(-1)).toBe('connected');
  });

  test('an agent that somebody starts meanwhile is followed', async () => {
    let looks = 0;
    const { starts, faces } = await play({ ensure: [unset], running: () => ++looks === 2 }, 9);
    expect(starts()).toBe(1);
    expect(faces.at(-1)).toBe('connected');
  });

  test('who asks while a start is failing gets another one', async () => {
    let isFirst = true;
    const { promise, reject } = Promise.withResolvers<'started'>();
    const faces: string[] = [];
    const asked = linkAgent(
      {
        ensure: async () => {
          if (!isFirst) return 'started';
          isFirst = false;
          return promise;
        },
        isRunning: async () => false,
        policyState: async () => '',
        async *watch(signal) {
          yield signedOut();
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        },
        wait: (_milliseconds, signal) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
        random: () => 1,
        now: () => 0,
      },
      (face) => void faces.push(face.link),
    );
    link = asked;
    await expect.poll(() => isFirst).toBe(false);
    asked.restart();
    reject(unset);
    await expect.poll(() => faces).toEqual(['starting', 'connected']);
  });

  test("the person's restart starts at once, whatever came before", async () => {
    const { link: started, starts, faces } = await play({ ensure: [fault, 'started'] }, 1);
    started.restart();
    await expect.poll(() => faces.at(-1)).toBe('connected');
    expect(starts()).toBe(2);
    started.restart();
    expect(started.face.link).toBe('connected');
  });

  test('the problem is shown as it is; a broken connection has its own sentence', async () => {
    const { link: failing } = await play({ ensure: [fault] }, 1);
    expect(failing.face).toMatchObject({ link: 'down', problem: { code: 'agent-not-started' } });
    failing.stop();
    const { link: broken } = await play({ ensure: ['started'], endings: 1 }, 1);
    expect(broken.face).toMatchObject({ link: 'down', problem: { code: 'agent-ended' } });
  });
});

test.each([
  [1, 0, 250],
  [1, 1, 500],
  [4, 0.5, 3000],
  [100, 1, 30_000],
  [100, 0, 15_000],
])('failure %i with random %f waits %i ms', (failures, random, milliseconds) => {
  expect(backoffMs(failures, random)).toBe(milliseconds);
});
