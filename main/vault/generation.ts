import { EMPTY_VAULT, personKey, type SessionRecord, type VaultContents } from './contents.ts';
import { ENVELOPE_VERSION, unseal } from './envelope.ts';
import { CONTENTS_VERSION, migrate, versionOf } from './migrations.ts';

/** What one file of the vault turned out to be. `newer`: written by a newer Lanyard. */
export type Generation =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'newer'; readonly version: number; readonly known: number }
  | { readonly kind: 'good'; readonly contents: VaultContents };

const UNREADABLE: Generation = { kind: 'unreadable' };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function newerThan(known: number, text: string): Generation | undefined {
  const version = versionOf(parsed(text));
  return version !== undefined && version > known ? { kind: 'newer', version, known } : undefined;
}

/** Judges a file's text under a key; without a key nothing can be read. Older contents are migrated. */
export function judgeGeneration(file: string | undefined, key: Buffer | null): Generation {
  if (file === undefined) return { kind: 'absent' };
  const newerEnvelope = newerThan(ENVELOPE_VERSION, file);
  if (newerEnvelope) return newerEnvelope;
  if (key === null) return UNREADABLE;
  try {
    const text = unseal(file, key);
    return newerThan(CONTENTS_VERSION, text) ?? { kind: 'good', contents: migrate(JSON.parse(text)) };
  } catch {
    return UNREADABLE;
  }
}

/**
 * The contents of the generation before the present one, for going on with. Its refresh token may have been spent by
 * the lost one: that is what `refreshSentAt` says, so that the session's owner tries it at once.
 */
function fromPrevious(contents: VaultContents, now: number): VaultContents {
  const { session } = contents;
  if (session?.refreshToken === undefined) return contents;
  return { ...contents, session: { ...session, refreshSentAt: session.refreshSentAt ?? now } };
}

/** Which contents a vault with these two files has. `restored`: those of the previous one. */
export function chooseContents(
  present: Generation,
  previous: Generation,
  now: number,
): { readonly contents: VaultContents; readonly restored: boolean } {
  if (present.kind === 'good') return { contents: present.contents, restored: false };
  if (previous.kind === 'good') return { contents: fromPrevious(previous.contents, now), restored: true };
  return { contents: EMPTY_VAULT, restored: false };
}

const holderOf = (session: SessionRecord | null) => (session ? personKey(session) : undefined);

/**
 * Whether a change ends somebody's session. Then no generation may keep it: a vault that is damaged after a sign-out
 * would bring it back.
 */
export function endsSession(before: VaultContents, after: VaultContents): boolean {
  return before.session !== null && holderOf(before.session) !== holderOf(after.session);
}
