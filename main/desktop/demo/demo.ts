import { LanyardError, problemOf } from '../../../shared/errors.ts';
import type { AgentState } from '../../../shared/local-api.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Demo } from '../bridge/desk.ts';
import type { Face } from '../bridge/face.ts';
import { disconnectClients, type EndDeps, endAgent, presentState } from './agent-end.ts';
import { type CompanyChild, type CompanyProcess, startCompanyProcess } from './company-process.ts';
import { demoState, type Stage } from './stage.ts';
import type { Traces } from './traces.ts';

/** The agent needs a second; this is for a machine that is very busy. */
const AGENT_LIMIT_MS = 30_000;

/** What the demo needs from outside. */
export interface DemoDeps extends EndDeps {
  /** See {@link DemoFacts}. */
  readonly isPossible: boolean;
  /** The app's own process, with which the demo's agent ends. */
  readonly pid: number;
  readonly traces: Traces;
  fork(): CompanyChild;
  face(): Face;
  /** Starts the agent again, with the options that count now. */
  restart(): void;
  /** The desk has to be shown again. */
  changed(): void;
  readonly schedule: Schedule;
  /** Hears what went wrong where nobody waits for an answer. */
  onError(error: unknown): void;
}

/** The demo company of the app: somewhere to sign in where no administrator has set up anything yet. */
export interface DemoCompany {
  readonly state: Demo;
  /** What the agent has to be started with; empty while there is no demo. */
  readonly agentOptions: readonly string[];
  /** Has to hear of every new face. */
  saw(face: Face): void;
  /**
   * Starts company and agent; does nothing unless it is offered.
   *
   * @throws {LanyardError} `demo-not-started`, or what the agent says; nothing is left running then.
   */
  start(): Promise<void>;
  /** Takes apps' entries out, ends agent and company, and removes what they wrote. Throws where an app's file was in the way. */
  end(): Promise<void>;
  /** The same at the end of the app, which cannot leave its demo behind. */
  close(): Promise<void>;
}

function agentFailed(face: Face): LanyardError {
  if (face.link === 'down') return new LanyardError(face.problem);
  return new LanyardError({
    code: 'demo-not-started',
    user: 'The demo company could not be started. Try again.',
    administrator: `The demo's agent did not answer within ${AGENT_LIMIT_MS} ms.`,
  });
}

/** Makes the demo. Nothing of it runs until it is started; what an earlier one left at a crash is cleared away. */
export function createDemo(deps: DemoDeps): DemoCompany {
  const { traces } = deps;
  let stage: Stage = 'off';
  let company: CompanyProcess | undefined;
  /** When the demo began: set while there is a policy to start the agent with. */
  let begunAt: number | undefined;
  let isTidy = false;
  let waiting: ((face: Face) => void) | undefined;

  const enter = (next: Stage) => {
    stage = next;
    deps.changed();
  };
  const demoAgent = (face: Face): AgentState | undefined =>
    face.link === 'connected' && face.state.company.policyFile === traces.policyFile ? face.state : undefined;

  const agentAnswers = () =>
    new Promise<void>((resolve, reject) => {
      const settle = (act: () => void) => {
        waiting = undefined;
        stopTimer();
        act();
      };
      const stopTimer = deps.schedule(AGENT_LIMIT_MS, () => settle(() => reject(agentFailed(deps.face()))));
      waiting = (face) => {
        if (demoAgent(face)) settle(resolve);
        // While it is tried again, this may be the end of a try from before.
        else if (face.link === 'down' && !face.trying) settle(() => reject(agentFailed(face)));
      };
      deps.restart();
    });

  const clear = async (): Promise<unknown> => {
    const state = demoAgent(deps.face());
    let inTheWay: unknown;
    if (state) {
      const startedAt = (await traces.startedAt()) ?? Number.POSITIVE_INFINITY;
      // What the face shows may be a moment old, and a client that was connected in it would stay.
      const { clients } = await presentState(deps, state);
      const own = clients.filter(({ addedAt }) => addedAt >= startedAt);
      inTheWay = await disconnectClients(deps, own);
      await endAgent(deps, state);
    }
    company?.end();
    company = undefined;
    await traces.remove();
    return inTheWay;
  };

  const takeBack = async (): Promise<void> => {
    begunAt = undefined;
    enter('ending');
    let inTheWay: unknown;
    try {
      inTheWay = await clear();
    } finally {
      enter('off');
      // Without the demo's options: to learn again that there is no policy, or one by now.
      deps.restart();
    }
    if (inTheWay !== undefined) throw new LanyardError(problemOf(inTheWay));
  };

  /** The end that is under way: whoever asks for it meanwhile waits for the same one. */
  let ending: Promise<void> | undefined;
  const over = (): Promise<void> => {
    ending ??= takeBack().finally(() => {
      ending = undefined;
    });
    return ending;
  };

  return {
    get state() {
      return demoState({ stage, face: deps.face(), isPossible: deps.isPossible });
    },
    get agentOptions() {
      if (begunAt === undefined) return [];
      const end = ['--ends-with', String(deps.pid), '--entries-since', String(begunAt)];
      return ['--policy', traces.policyFile, '--insecure-file-key', '--keep-in', traces.folder, ...end];
    },
    saw: (face) => {
      waiting?.(face);
      // The company's own policy has arrived meanwhile, or the demo's is gone: its agent will not start again.
      if (stage === 'on' && face.link === 'down' && face.problem.code === 'not-set-up') {
        over().catch(deps.onError);
        return;
      }
      if (stage !== 'off' || isTidy || face.link === 'starting') return;
      isTidy = true;
      const clearing = demoAgent(face) ? over() : traces.remove();
      clearing.catch(deps.onError);
    },
    start: async () => {
      if (demoState({ stage, face: deps.face(), isPossible: deps.isPossible }) !== 'offered') return;
      enter('starting');
      try {
        // A company that ended by itself leaves nobody to sign in to.
        company = await startCompanyProcess(deps.fork, deps.schedule, () => void over().catch(deps.onError));
        begunAt = await traces.leave(company.policy);
        await agentAnswers();
        enter('on');
      } catch (error) {
        await over().catch(deps.onError);
        throw error;
      }
    },
    end: async () => {
      if (stage === 'on') await over();
    },
    close: async () => {
      // Also while it is ending: an app that left now would leave half of it behind.
      if (stage !== 'off') await over();
    },
  };
}
