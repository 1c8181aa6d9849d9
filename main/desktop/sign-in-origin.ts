import type { Face } from './bridge/face.ts';

/** Remembers where the sign-in under way was started, so that it ends where it began. */
export interface SignInOrigin {
  /** The person starts or continues one, in the window or elsewhere (tray, notification). */
  started(where: 'window' | 'elsewhere'): void;
  /** Whether this face is the end of a sign-in that was started in the window. Said once. */
  hasReturned(face: Face): boolean;
}

/** Nothing is known of a sign-in that a client or the command line started: those leave the person where they are. */
export function signInOrigin(): SignInOrigin {
  let isOurs = false;
  let waitsFor: string | undefined;
  return {
    started: (where) => {
      isOurs = where === 'window';
    },
    hasReturned: (face) => {
      if (face.link !== 'connected') return false;
      const { signIn } = face.state;
      if (signIn?.phase === 'waiting') {
        waitsFor = signIn.attempt;
        return false;
      }
      const isDone = signIn !== null && signIn.attempt === waitsFor;
      const hasReturned = isOurs && isDone && signIn.phase === 'succeeded';
      if (isDone) {
        isOurs = false;
        waitsFor = undefined;
      }
      return hasReturned;
    },
  };
}
