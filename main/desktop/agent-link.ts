import { setTimeout as sleep } from 'node:timers/promises';
import { LanyardError, type Problem } from '../../shared/errors.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { backoffMs } from './backoff.ts';
import type { Face } from './bridge/face.ts';

/** Starts in a row that fail before we stop starting by ourselves; the person's button starts again. */
const STARTS_LIMIT = 5;

/** An agent that has lived for so long counts as well, in ms: one that dies sooner may die of the same thing again. */
const STEADY_MS = 30_000;

/** Without a usable policy another start says the same again; whether there is one is looked at this often. */
const LOOK_AGAIN_MS = 60_000;

/** What the link does to the world; tests give their own. */
export interface LinkDeps {
  /** Finds the agent, or starts one. */
  ensure(): Promise<'found' | 'started'>;
  /** Says whether one answers, and starts none. */
  isRunning(): Promise<boolean>;
  /** What tells one policy from another, or from none; it reads no more than that. */
  policyState(): Promise<string>;
  /** The agent's states, until it ends. */
  watch(signal: AbortSignal): AsyncIterable<AgentState>;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  random(): number;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

/** Keeps a {@link Face} true. */
export interface AgentLink {
  readonly face: Face;
  /** Starts the agent at once, whoever started the last one. Does nothing while one answers. */
  restart(): void;
  stop(): void;
}

/** Waits, and returns early (without an error) when `signal` fires. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

const ENDED: Problem = {
  code: 'agent-ended',
  user: "Lanyard's agent is not running, so your apps cannot reach their servers.",
  administrator: 'The agent ended or closed its connection.',
};

/**
 * Finds the agent or starts one, follows its state and comes back when it goes. An agent that we started is started
 * again when it dies, ever more slowly and at most {@link STARTS_LIMIT} times in a row; one that somebody else runs (the system's service
 * manager, a terminal) is waited for, since that one decides. Where policy is missing or wrong one start is enough: the
 * next one is the person's, or comes with another policy. Every change goes to `onFace`.
 */
export function linkAgent(deps: LinkDeps, onFace: (face: Face) => void): AgentLink {
  const stopped = new AbortController();
  let face: Face = { link: 'starting' };
  let mayStart = true;
  let failures = 0;
  let nudge = new AbortController();
  let isAsked = false;
  /** Why a start is no use, and with which policy that was. */
  let unset: { readonly error: LanyardError; readonly policy: string } | undefined;

  const show = (next: Face) => {
    face = next;
    onFace(next);
  };

  const ensure = async () => {
    const policy = await deps.policyState();
    try {
      return await deps.ensure();
    } catch (error) {
      if (!isAsked && error instanceof LanyardError && error.code === 'not-set-up') unset = { error, policy };
      throw error;
    }
  };

  const find = async () => {
    if (unset && (await deps.policyState()) !== unset.policy) unset = undefined;
    if (!unset && mayStart && failures < STARTS_LIMIT) mayStart = (await ensure()) === 'started';
    else if (!(await deps.isRunning())) throw unset?.error ?? new LanyardError(ENDED);
    else if (unset) mayStart = false;
    unset = undefined;
  };

  const connect = async () => {
    await find();
    const foundAt = deps.now();
    for await (const state of deps.watch(stopped.signal)) show({ link: 'connected', state });
    if (deps.now() - foundAt >= STEADY_MS) failures = 0;
    throw new LanyardError(ENDED);
  };

  const run = async () => {
    while (!stopped.signal.aborted) {
      isAsked = false;
      await connect().catch((error: unknown) => {
        if (stopped.signal.aborted || isAsked) return;
        failures += 1;
        // Anything else than our own problem is the connection that broke off.
        const problem = error instanceof LanyardError ? error.problem : ENDED;
        show({ link: 'down', problem, trying: !unset && mayStart && failures < STARTS_LIMIT });
      });
      // Who asked while a start was failing wants another one.
      if (isAsked) continue;
      const waitMs = unset ? LOOK_AGAIN_MS : backoffMs(failures, deps.random());
      await deps.wait(waitMs, AbortSignal.any([stopped.signal, nudge.signal]));
    }
  };
  void run();

  return {
    get face() {
      return face;
    },
    restart: () => {
      if (face.link === 'connected') return;
      isAsked = true;
      unset = undefined;
      mayStart = true;
      failures = 0;
      show({ link: 'starting' });
      nudge.abort();
      nudge = new AbortController();
    },
    stop: () => stopped.abort(),
  };
}
