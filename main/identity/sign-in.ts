import { randomUUID } from 'node:crypto';
import { LanyardError, problemOf } from '../../shared/errors.ts';
import type { SignInRequest, SignInView } from '../../shared/local-api.ts';
import { systemSchedule } from '../../shared/schedule.ts';
import type { StepUp } from '../../shared/step-up.ts';
import type { Log } from '../journal/log.ts';
import { type PendingSignIn, type SignInContext, startBrowserSignIn } from './browser-sign-in.ts';
import { startDeviceSignIn } from './device-sign-in.ts';
import { signInFault } from './sign-in-fault.ts';

/** How long a person may take to sign in, in ms: two-factor devices get fetched from other rooms. */
const SIGN_IN_LIFE_MS = 10 * 60 * 1000;

/** At most one sign-in at a time; a new one replaces the one before. */
export interface SignIn {
  /** The sign-in under way, or how the last one ended. */
  readonly view: SignInView | null;
  /** Begins; resolves as soon as the person can go to `url`. */
  start(method: SignInRequest['method']): Promise<SignInView>;
  /** Ends the one under way, if any. */
  cancel(): void;
  close(): Promise<void>;
}

function ended(code: 'sign-in-cancelled' | 'sign-in-timeout'): LanyardError {
  return new LanyardError(
    code === 'sign-in-cancelled'
      ? { code, user: 'The sign-in was cancelled.', administrator: 'The sign-in was cancelled on this machine.' }
      : {
          code,
          user: 'The sign-in took too long. Start it again.',
          administrator: 'Nobody finished the sign-in in time.',
        },
  );
}

/** What every sign-in works with. */
export interface SignInsContext extends Omit<SignInContext, 'lifeMs' | 'stepUp'> {
  /** What the next sign-in has to bring beyond the usual; asked at each start. */
  readonly demands: () => StepUp | undefined;
}

/** See {@link SignIn}. `onChange` is called whenever the view changes. */
export function createSignIn({ demands, ...context }: SignInsContext, log: Log, onChange: () => void): SignIn {
  const { schedule = systemSchedule } = context;
  let view: SignInView | null = null;
  let pending: PendingSignIn | undefined;
  let closed = false;
  let cancels = 0;
  // Two presses of the button at once must not leave two sign-ins behind, one of them out of reach.
  let turn: Promise<unknown> = Promise.resolve();

  const show = (next: SignInView) => {
    view = next;
    onChange();
  };

  // Its address leads nowhere any more, and what it carries (state, nonce) is nobody's to see in a status.
  const showEnd = (attempt: string, end: Pick<SignInView, 'phase' | 'problem'>) => {
    if (view?.attempt === attempt) show({ ...view, url: view.url.replace(/\?.*/s, ''), ...end });
  };

  const follow = async (attempt: string, started: PendingSignIn) => {
    const callOff = schedule(started.expiresAt - context.clock(), () => started.end(ended('sign-in-timeout')));
    try {
      await started.done;
      showEnd(attempt, { phase: 'succeeded' });
    } catch (error) {
      const problem = problemOf(error);
      log.warn('sign-in-ended', { code: problem.code, detail: problem.administrator });
      const phase = problem.code === 'sign-in-cancelled' ? 'cancelled' : 'failed';
      showEnd(attempt, { phase, problem });
    } finally {
      callOff();
    }
  };

  const end = async () => {
    pending?.end(ended('sign-in-cancelled'));
    await pending?.close();
    pending = undefined;
  };

  const start = async (method: SignInRequest['method']): Promise<SignInView> => {
    // Also frees the port, which policy may have fixed.
    await end();
    const startNow = method === 'browser' ? startBrowserSignIn : startDeviceSignIn;
    const cancelsBefore = cancels;
    const { issuer } = context.provider;
    const started = await startNow({ ...context, lifeMs: SIGN_IN_LIFE_MS, stepUp: demands() }).catch(
      (error: unknown) => {
        throw signInFault(issuer, error);
      },
    );
    if (cancels !== cancelsBefore || closed) {
      // Nobody follows it, so its end must be heard here.
      started.done.catch(() => {});
      started.end(ended('sign-in-cancelled'));
      await started.close();
      throw ended('sign-in-cancelled');
    }
    pending = started;
    const attempt = randomUUID();
    const { url, userCode, expiresAt } = started;
    const waiting: SignInView = {
      attempt,
      method,
      phase: 'waiting',
      url,
      ...(userCode !== undefined && { userCode }),
      expiresAt,
    };
    show(waiting);
    log.info('sign-in-started', { method });
    void follow(attempt, started);
    return waiting;
  };

  return {
    get view() {
      return view;
    },
    start: (method) => {
      const mine = turn.then(() => start(method));
      turn = mine.catch(() => {});
      return mine;
    },
    cancel: () => {
      cancels += 1;
      pending?.end(ended('sign-in-cancelled'));
    },
    close: async () => {
      closed = true;
      await end();
    },
  };
}
