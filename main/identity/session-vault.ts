import type { SessionRecord, VaultContents } from '../vault/contents.ts';

type Edit = (contents: VaultContents) => VaultContents;

/**
 * The session with this IdP. One with another, from before policy named this one, is nobody's here: its tokens must not
 * be shown to this one.
 */
export function heldSession({ session }: VaultContents, issuer: string): SessionRecord | null {
  return session?.issuer === issuer ? session : null;
}

/** Whether both hold the same tokens of the same person: no sign-in and no renewal lies between them. */
export function isSameSession(one: SessionRecord | null, other: SessionRecord): boolean {
  return (
    one?.issuer === other.issuer &&
    one.subject === other.subject &&
    one.idToken === other.idToken &&
    one.refreshToken === other.refreshToken
  );
}

/** Replaces `session` where it is still the one that is held. */
export function replaceSession(session: SessionRecord, change: (held: SessionRecord) => SessionRecord): Edit {
  return (contents) =>
    isSameSession(contents.session, session) ? { ...contents, session: change(contents.session ?? session) } : contents;
}

/**
 * Puts `session` in. What was kept for another person goes; their mints stay, since the limits they count do. The key
 * stays where this session's refresh token is bound to it, whoever it was made for.
 */
export function beginSession(session: SessionRecord): Edit {
  return (contents) => {
    const isSamePerson = contents.session?.issuer === session.issuer && contents.session.subject === session.subject;
    if (isSamePerson) return { ...contents, session };
    return { ...contents, session, grants: {}, dpopKey: session.isBound ? contents.dpopKey : null };
  };
}

/** Takes whatever session there is out, and everything that came from it. */
export const eraseSession: Edit = (contents) => ({ ...contents, session: null, grants: {}, dpopKey: null });

/**
 * Takes `session` out, where it is still the one that is held, and what came from it; but not the key: the tokens of a
 * sign-in that is under way may be bound to it.
 */
export function eraseThisSession(session: SessionRecord): Edit {
  return (contents) =>
    isSameSession(contents.session, session) ? { ...eraseSession(contents), dpopKey: contents.dpopKey } : contents;
}
