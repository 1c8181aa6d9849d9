import type { LanyardError } from '../../shared/errors.ts';
import type { SignInView, SignInWanted } from '../../shared/local-api.ts';
import type { Log } from '../journal/log.ts';
import type { Unanswered } from '../relay/standby/standby-facts.ts';
import { STATUS_TOOL_NAME } from '../relay/standby/status-tool.ts';

/** Knows whether some client waits for a sign-in. */
export interface WantedSignIn {
  readonly current: SignInWanted | null;
  /** A request that the server did not answer. Only the first tool call counts that a sign-in would have let through. */
  note(server: string, request: Unanswered, error: LanyardError): void;
  /** Looks whether somebody has signed in since, or the server can be used after all (`isUsable`). */
  look(signIn: SignInView | null, isUsable: (server: string) => boolean): void;
  /** The person signed out: they know. */
  forget(): void;
}

/** What this works with. */
export interface WantedSignInContext {
  readonly clock: () => number;
  readonly log: Log;
  readonly onChange: () => void;
}

/**
 * Whether signing in would have let this through. Clients list, ping and listen by themselves, and wait for nobody; who
 * asks for the status is told it.
 */
function wouldHelp({ method, name }: Unanswered, { recovery }: LanyardError): boolean {
  if (method !== 'tools/call' || name === STATUS_TOOL_NAME || recovery?.kind !== 'blocked') return false;
  return recovery.reason === 'signed-out' || recovery.reason === 'step-up';
}

/** See {@link WantedSignIn}. The first one wins until somebody signs in or signs out: nobody is asked twice. */
export function createWantedSignIn({ clock, log, onChange }: WantedSignInContext): WantedSignIn {
  let current: SignInWanted | null = null;
  /** The last attempt that is known to have succeeded. */
  let succeeded: string | undefined;
  const forget = () => {
    if (current === null) return;
    current = null;
    onChange();
  };
  return {
    get current() {
      return current;
    },
    note: (server, request, error) => {
      if (current !== null || !wouldHelp(request, error)) return;
      const { client } = request;
      current = { at: clock(), client, server };
      log.info('sign-in-wanted', { client, server });
      onChange();
    },
    look: (signIn, isUsable) => {
      const hasSignedIn = signIn?.phase === 'succeeded' && signIn.attempt !== succeeded;
      if (hasSignedIn) succeeded = signIn.attempt;
      if (current !== null && (hasSignedIn || isUsable(current.server))) forget();
    },
    forget,
  };
}
