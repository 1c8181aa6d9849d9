import { type GrantState, initialState } from '../../../main/grant/transitions.ts';
import type { GrantRecord } from '../../../main/vault/contents.ts';
import { LanyardError, type Recovery } from '../../../shared/errors.ts';
import type { GrantWorkState } from '../../../shared/states.ts';

/** Now, in tests of states. */
export const NOW = 1_000_000_000;

/** A token that was minted now. */
export function grantToken(accessToken = 'a', lifeMs = 300_000, mintedAt = NOW): GrantRecord {
  return {
    subject: 'ada',
    accessToken,
    tokenType: 'Bearer',
    mintedAt,
    expiresAt: mintedAt + lifeMs,
    resource: 'https://mcp.example.com/mcp',
    authorizationServer: 'https://as.example.com',
  };
}

/** What a failed mint ended with. */
export function failure(recovery?: Recovery, code = 'some-cause'): LanyardError {
  return new LanyardError({ code, user: `User: ${code}.`, administrator: 'a', ...(recovery && { recovery }) });
}

/** A state with some parts of it given. */
export function grantState(parts: Partial<GrantState> = {}): GrantState {
  return { ...initialState(null, NOW), ...parts };
}

const cause = failure().problem;

/** Every kind of work, by what it is called here. */
export const WORKS = {
  idle: { kind: 'idle' },
  minting: { kind: 'minting' },
  backoff: { kind: 'backoff', until: NOW + 10_000, cause },
  denied: { kind: 'blocked', reason: 'denied', cause },
  misconfigured: { kind: 'blocked', reason: 'misconfigured', cause },
  'step-up': { kind: 'blocked', reason: 'step-up', cause },
  'signed-out': { kind: 'blocked', reason: 'signed-out', cause },
} as const satisfies Record<string, GrantWorkState>;

/** The names of {@link WORKS}. */
export type WorkName = keyof typeof WORKS;
/** See {@link WorkName}. */
export const WORK_NAMES = Object.keys(WORKS) as WorkName[];
