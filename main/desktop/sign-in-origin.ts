import type { Face } from './bridge/face.ts';

/** Remembers where the sign-in under way was started, so that it ends where it began. */
export interface SignInOrigin {
  /** The person starts or continues one, in the window or elsewhere (tray, notification). */
  started(where: 'window' | 'elsewhere'): void;
  /** Whether this face is the end of a sign-in that was started in the window. Said once. */
  hasReturned(face: Face): boolean;
}

/**
 * Nothing is known of a sign-in that a client or the command line started: those leave the person where they are. Only
 * the end of one has to be seen, since a quick one may have passed between two faces.
 */
export function signInOrigin(): SignInOrigin {
  let isOurs = false;
  let lastEnded: string | undefined;
  return {
    started: (where) => {
      isOurs = where === 'window';
    },
    hasReturned: (face) => {
      const signIn = face.link === 'connected' ? face.state.signIn : null;
      if (!signIn || signIn.phase === 'waiting' || signIn.attempt === lastEnded) return false;
      lastEnded = signIn.attempt;
      const hasReturned = isOurs && signIn.phase === 'succeeded';
      isOurs = false;
      return hasReturned;
    },
  };
}
