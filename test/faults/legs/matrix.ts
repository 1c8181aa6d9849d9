import type { Fault, FaultKind } from '../../company/faults.ts';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../company/protocol.ts';
import type { ConnectFault } from '../world/network.ts';

/** One request on the way to an access token or with it. */
export interface Leg {
  readonly name: string;
  readonly where: Pick<Fault, 'at' | 'server' | 'grantType'>;
  /** What makes the program send it. */
  readonly need: 'new-token' | 'new-session' | 'provider-metadata' | 'metadata' | 'call';
  /** Whose connections a fault of the network touches. */
  readonly origin: 'idp' | 'as' | 'server';
}

/** What a leg is struck with. */
export type Blow = { readonly name: string; readonly isFinal: boolean } & (
  | { readonly fault: FaultKind & Pick<Fault, 'stage'> }
  | { readonly connect: ConnectFault }
);

/** The server whose legs are struck. */
export const VICTIM = 'notes';

const ofVictim = { server: VICTIM } as const;

/** Every leg. */
export const LEGS: readonly Leg[] = [
  { name: 'idp-metadata', where: { at: 'idp-metadata' }, need: 'provider-metadata', origin: 'idp' },
  { name: 'refresh', where: { at: 'idp-token', grantType: 'refresh_token' }, need: 'new-session', origin: 'idp' },
  { name: 'exchange', where: { at: 'idp-token', grantType: TOKEN_EXCHANGE }, need: 'new-token', origin: 'idp' },
  { name: 'resource-metadata', where: { at: 'resource-metadata', ...ofVictim }, need: 'metadata', origin: 'server' },
  { name: 'as-metadata', where: { at: 'as-metadata', ...ofVictim }, need: 'metadata', origin: 'as' },
  {
    name: 'as-token',
    where: { at: 'as-token', grantType: JWT_BEARER, ...ofVictim },
    need: 'new-token',
    origin: 'as',
  },
  { name: 'server', where: { at: 'server', ...ofVictim }, need: 'call', origin: 'server' },
];

type StruckBy = FaultKind & Pick<Fault, 'stage'>;

function nameOf(fault: StruckBy): string {
  const { kind, ...rest } = fault;
  return [kind, ...Object.values(rest).map((value) => (typeof value === 'object' ? 'with Retry-After' : value))].join(
    ' ',
  );
}

const passing = (fault: StruckBy): Blow => ({ name: nameOf(fault), isFinal: false, fault });
const final = (fault: StruckBy): Blow => ({ name: nameOf(fault), isFinal: true, fault });

const ANYWHERE: readonly Blow[] = [
  passing({ kind: 'status', status: 500 }),
  passing({ kind: 'status', status: 503, headers: { 'retry-after': '20' } }),
  passing({ kind: 'retry-after', seconds: 40 }),
  passing({ kind: 'html' }),
  passing({ kind: 'html', status: 403 }),
  passing({ kind: 'reset' }),
  passing({ kind: 'cut' }),
  passing({ kind: 'hang' }),
  ...(['ENOTFOUND', 'ECONNREFUSED', 'ENETUNREACH', 'ETIMEDOUT', 'CERT_HAS_EXPIRED'] as const).map((connect) => ({
    name: `connect ${connect}`,
    isFinal: false,
    connect,
  })),
];

/** Processed, and the answer lost. */
const LOST: readonly Blow[] = [
  passing({ kind: 'reset', stage: 'after' }),
  passing({ kind: 'status', status: 502, stage: 'after' }),
  passing({ kind: 'cut', stage: 'after' }),
];

const OAUTH: readonly Blow[] = [
  passing({ kind: 'oauth-error', error: 'temporarily_unavailable' }),
  passing({ kind: 'error-as-200', error: 'temporarily_unavailable' }),
  final({ kind: 'oauth-error', error: 'invalid_client', status: 401 }),
  final({ kind: 'oauth-error', error: 'invalid_grant' }),
  final({ kind: 'error-as-200', error: 'invalid_grant' }),
  final({ kind: 'oauth-error', error: 'access_denied', status: 403 }),
  final({ kind: 'oauth-error', error: 'invalid_scope' }),
  final({ kind: 'oauth-error', error: 'something_new' }),
];

/** A server that refuses every token. */
const REFUSING: readonly Blow[] = [
  final({ kind: 'status', status: 401 }),
  final({ kind: 'oauth-error', error: 'invalid_token', status: 401 }),
];

/** What a leg can be struck with. */
export function blowsFor({ where: { at } }: Leg): readonly Blow[] {
  if (at.endsWith('-token')) return [...ANYWHERE, ...LOST, ...OAUTH];
  if (at === 'server') return [...ANYWHERE, ...LOST, ...REFUSING];
  return ANYWHERE;
}
