import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { NO_POLICY } from '../../shared/agent-process.ts';
import { LanyardError } from '../../shared/errors.ts';
import { POLICY_LIMIT_BYTES, type Policy } from '../../shared/policy.ts';
import { parsePolicy } from './parse.ts';

/**
 * Where MDM or the system's package management puts the policy; `undefined` on Windows. There the path would be one of
 * the present drive that anybody may make, and neither owner nor mode say who can write it: such a file would turn the
 * person's own policy into the company's.
 */
export function managedPolicyFile(platform: NodeJS.Platform): string | undefined {
  return platform === 'win32' ? undefined : '/etc/lanyard/policy.json';
}

/** A policy and where it came from. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly file: string;
  readonly source: 'managed' | 'file';
}

/** See {@link loadPolicy}. */
export interface PolicyLocation {
  /** From `--policy`: for machines without a managed policy only. */
  readonly file?: string | undefined;
  /** Injected by tests; {@link managedPolicyFile} otherwise. */
  readonly managedFile?: string | undefined;
  /** Who must own the managed file; 0 is root. Injected by tests that do not run as root. */
  readonly managedOwner?: number;
}

interface PolicyFile {
  readonly text: string;
  readonly owner: number;
  readonly mode: number;
}

function unreadable(path: string, detail: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'policy-unreadable',
    user: 'The company policy on this computer cannot be read. Tell your administrator.',
    administrator: `Policy ${path}: ${detail}.`,
    cause,
  });
}

async function readPolicyFile(path: string): Promise<PolicyFile | undefined> {
  // Ownership, mode and text come from one descriptor, so nobody can swap the file in between.
  const handle = await open(path, constants.O_RDONLY).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw unreadable(path, `cannot be opened (${cause.code ?? cause.message})`, cause);
  });
  if (!handle) return undefined;
  try {
    const { uid, mode, size } = await handle.stat();
    if (size > POLICY_LIMIT_BYTES) throw unreadable(path, `has ${size} bytes, at most ${POLICY_LIMIT_BYTES} are read`);
    return { text: await handle.readFile('utf8'), owner: uid, mode };
  } catch (cause) {
    if (cause instanceof LanyardError) throw cause;
    throw unreadable(path, `cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`, cause);
  } finally {
    await handle.close();
  }
}

/**
 * Reads and validates one file, whoever may write it: to look at, not to live by.
 *
 * @throws {PolicyError} `policy-invalid`, with every error.
 * @throws {LanyardError} `policy-unreadable`.
 */
export async function readPolicy(path: string): Promise<Policy> {
  const found = await readPolicyFile(path);
  if (!found) throw unreadable(path, 'does not exist');
  return parsePolicy(found.text, path);
}

/**
 * Reads and validates the policy. A managed policy wins, and then `--policy` is refused: otherwise an employee (or a
 * program that runs as them) could replace the company's decision.
 *
 * @throws {PolicyError} `policy-invalid`, with every error.
 * @throws {LanyardError} `policy-missing`, `policy-managed`, `policy-unprotected`, `policy-unreadable`.
 */
export async function loadPolicy({
  file,
  managedFile = managedPolicyFile(process.platform),
  managedOwner = 0,
}: PolicyLocation): Promise<LoadedPolicy> {
  const managed = managedFile === undefined ? undefined : await readPolicyFile(managedFile);
  if (managed && managedFile !== undefined) {
    if (file !== undefined)
      throw new LanyardError({
        code: 'policy-managed',
        user: 'This computer has a policy from your company, so --policy cannot be used.',
        administrator: `--policy is refused because ${managedFile} exists.`,
      });
    // Whoever can write this file decides where sign-ins go.
    if (managed.owner !== managedOwner || (managed.mode & 0o022) !== 0)
      throw new LanyardError({
        code: 'policy-unprotected',
        user: 'The company policy on this computer is not protected from changes. Tell your administrator.',
        administrator: `${managedFile} must belong to root and be writable by root alone (chown root, chmod 644).`,
      });
    return { policy: parsePolicy(managed.text, managedFile), file: managedFile, source: 'managed' };
  }
  if (file === undefined)
    throw new LanyardError({
      code: 'policy-missing',
      user: 'Lanyard has no company policy on this computer yet. Ask your administrator to install it.',
      administrator: `There is no ${managedFile ?? 'managed policy on this system yet'} ${NO_POLICY}`,
    });
  return { policy: await readPolicy(file), file, source: 'file' };
}
