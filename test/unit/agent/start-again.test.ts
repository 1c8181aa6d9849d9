import { expect, test } from 'vitest';
import { isRunBySystemd, needsNewProcess } from '../../../main/agent/start-again.ts';
import type { AgentState } from '../../../shared/local-api.ts';
import { manualSchedule } from '../identity/manual-schedule.ts';
import { agentState } from '../shared/agent-state.ts';

const closedBy = (code: string): AgentState['vault'] => ({
  keyStore: 'keychain',
  status: 'unavailable',
  problem: { code, user: 'u', administrator: 'a' },
});
const RESTARTED = closedBy('keychain-restarted');
const LOCKED = closedBy('keychain-locked');
const READY: AgentState['vault'] = { keyStore: 'keychain', status: 'ready' };

/** An agent that has just started. */
function starting(vault: AgentState['vault']) {
  const time = manualSchedule();
  const startedAt = time.clock();
  const listeners = new Set<(state: AgentState) => void>();
  let state = agentState({ vault });
  let isNeeded = false;
  const subscribe = (listener: (state: AgentState) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const upForMs = () => time.clock() - startedAt;
  needsNewProcess({ state: () => state, acts: { subscribe } }, { schedule: time.schedule, upForMs }).then(() => {
    isNeeded = true;
  });
  return {
    ...time,
    become: (next: AgentState['vault']) => {
      state = agentState({ vault: next });
      for (const listener of listeners) listener(state);
    },
    isNeeded: async () => {
      await Promise.resolve();
      return isNeeded;
    },
  };
}

test.each([
  ['at its start', 0],
  ['a moment later', 4_000],
])('an agent whose keyring was restarted %s starts again when it has lived for ten seconds', async (_when, ms) => {
  const agent = starting(LOCKED);
  agent.advance(ms);
  for (let times = 0; times < 5; times += 1) agent.become(RESTARTED);
  agent.advance(10_000 - ms - 1);
  expect(await agent.isNeeded()).toBe(false);
  expect(agent.pending()).toEqual([1]);
  agent.advance(1);
  expect(await agent.isNeeded()).toBe(true);
});

test('one that has lived for longer starts again at once', async () => {
  const agent = starting(READY);
  agent.advance(10_000);
  agent.become(LOCKED);
  expect(await agent.isNeeded()).toBe(false);
  agent.become(RESTARTED);
  expect(await agent.isNeeded()).toBe(true);
});

test('one whose vault opens meanwhile goes on', async () => {
  const agent = starting(RESTARTED);
  agent.become(READY);
  agent.advance(60_000);
  expect(await agent.isNeeded()).toBe(false);
  expect(agent.pending()).toEqual([]);
});

test.each([
  ['this very process', { SYSTEMD_EXEC_PID: '42' }, true],
  // A shell or a terminal that systemd started hands the variable on to all that is started from it.
  ['another one, from which this was started', { SYSTEMD_EXEC_PID: '41', INVOCATION_ID: 'x' }, false],
  ['one whose number begins alike', { SYSTEMD_EXEC_PID: '421' }, false],
  ['nothing', {}, false],
])('systemd runs %s as a service: %o', (_what, env, expected) => {
  expect(isRunBySystemd(env, 42)).toBe(expected);
});
