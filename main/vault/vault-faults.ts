import { LanyardError } from '../../shared/errors.ts';

/** What kept a file from being written, as far as it matters to who has to mend it. */
type WritingFault = 'full' | 'read-only' | 'no-permission' | 'other';

const KINDS: Readonly<Record<string, WritingFault>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
};

const CONSEQUENCE =
  'Until then Lanyard works on and tries again by itself, but after a restart you may have to sign in again.';

const SENTENCES: Readonly<Record<WritingFault, { readonly user: string; readonly administrator: string }>> = {
  full: {
    user: `Lanyard cannot save its vault: the disk is full. Free some space. ${CONSEQUENCE}`,
    administrator: 'the disk is full or the quota used up',
  },
  'read-only': {
    user: `Lanyard cannot save its vault: the disk is read-only. Restart the computer; if it stays, tell your administrator. ${CONSEQUENCE}`,
    administrator: 'the file system is mounted read-only, maybe after a fault of the disk',
  },
  'no-permission': {
    user: `Lanyard cannot save its vault: it may not write there. Check the permissions of your home folder. ${CONSEQUENCE}`,
    administrator: 'the person has no permission to write there, or another program holds the file',
  },
  other: {
    user: `Lanyard cannot save its vault: the disk reports a fault. Tell your administrator. ${CONSEQUENCE}`,
    administrator: 'the system reports a fault',
  },
};

const codeOf = (cause: unknown) => (cause as NodeJS.ErrnoException | undefined)?.code;

/** `vault-write`: a file of the vault could not be written. Both sentences name the kind of fault. */
export function writingFault(path: string, cause: unknown): LanyardError {
  const code = codeOf(cause);
  const { user, administrator } = SENTENCES[KINDS[code ?? ''] ?? 'other'];
  return new LanyardError({
    code: 'vault-write',
    user,
    administrator: `${path} cannot be written: ${administrator} (${code ?? String(cause)}).`,
    cause,
  });
}

/** `vault-read`: a file of the vault is there and could not be read. */
export function readingFault(path: string, cause: unknown): LanyardError {
  return new LanyardError({
    code: 'vault-read',
    user: 'Lanyard cannot read its vault. Check the permissions of your home folder.',
    administrator: `${path} cannot be read (${codeOf(cause) ?? String(cause)}).`,
    cause,
  });
}

/** `vault-newer`: a newer Lanyard has written the file, so this one leaves it alone. */
export function vaultNewer(path: string, { version, known }: { version: number; known: number }): LanyardError {
  return new LanyardError({
    code: 'vault-newer',
    user: 'A newer Lanyard has been used on this machine, and this one cannot read its vault. Update Lanyard; until then it cannot sign you in.',
    administrator: `${path} has version ${version}, and this program knows versions up to ${known}. Install the newer Lanyard again. The file was left as it is.`,
  });
}
