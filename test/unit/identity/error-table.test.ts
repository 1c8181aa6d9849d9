import { expect, test } from 'vitest';
import { type Behaviour, ERROR_TABLE, type ErrorLeg, UNKNOWN_ERRORS } from '../../../main/identity/error-table.ts';
import { behaviourAfter } from '../../../main/identity/error-table-judgement.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { callWith, errorAfter } from './error-table-legs.ts';
import { EXPECTED_ROWS } from './error-table-rows.ts';

const LEGS = Object.keys(ERROR_TABLE) as ErrorLeg[];
const ROWS = LEGS.flatMap((leg) => Object.keys(ERROR_TABLE[leg]).map((error) => [leg, error] as const));
const IDP_LEGS: readonly ErrorLeg[] = ['authorization', 'device', 'code', 'refresh', 'revocation'];
/** Where an OAuth error comes as a JSON answer to a request for tokens. */
const TOKEN_LEGS: readonly ErrorLeg[] = ['device', 'code', 'refresh', 'token-exchange', 'jwt-bearer'];

/** Codes that were there before the table, and that programs go by. */
const OLDER_CODES: Readonly<Record<string, string>> = {
  'authorization access_denied': 'sign-in-cancelled',
  'authorization unauthorized_client': 'idp-invalid-client',
  'device unauthorized_client': 'idp-invalid-client',
  'code unauthorized_client': 'idp-invalid-client',
  'refresh unauthorized_client': 'idp-invalid-client',
  'revocation unauthorized_client': 'idp-invalid-client',
  'server invalid_token': 'server-refuses-token',
  'server invalid_request': 'server-refuses-token',
  'server insufficient_scope': 'scope-not-granted',
  'server insufficient_user_authentication': 'server-step-up',
  'server use_dpop_nonce': 'server-refuses-proof',
};

/** A server refuses with 401, but what the token may not do with 403 (RFC 6750 section 3.1). */
const serverStatus = (error: string) => (error === 'insufficient_scope' ? 403 : 401);

const codeOf = (leg: ErrorLeg, error: string) =>
  OLDER_CODES[`${leg} ${error}`] ?? `${IDP_LEGS.includes(leg) ? 'idp' : leg}-${error.replaceAll('_', '-')}`;

async function lanyardErrorAfter(leg: ErrorLeg, error: string, status: number): Promise<LanyardError> {
  const after = await errorAfter(leg, { status, members: { error, error_description: 'A reason' } });
  if (!(after instanceof LanyardError)) throw new Error(`${leg} ${error} became ${String(after)}`);
  return after;
}

function expectWhole({ user, administrator }: LanyardError, error: string) {
  for (const sentence of [user, administrator]) {
    expect(sentence).toMatch(/^[^{}]{20,}\.$/);
    expect(sentence).not.toMatch(/undefined|\[object/);
  }
  expect(user).not.toContain(error);
  expect(user).not.toContain('A reason');
  expect(administrator).toContain(`${error}: A reason. `);
}

test.each(ROWS)('%s: %s, as its party sends it, has its class, its code and both sentences', async (leg, error) => {
  const { recovery } = ERROR_TABLE[leg][error] ?? UNKNOWN_ERRORS[leg];
  const statuses = TOKEN_LEGS.includes(leg) ? [400, 200] : [leg === 'server' ? serverStatus(error) : 400];
  for (const status of statuses) {
    const after = await lanyardErrorAfter(leg, error, status);
    expect(after.code).toBe(codeOf(leg, error));
    expect(after.recovery).toEqual(recovery === 'retry' ? { kind: 'retry' } : { kind: 'blocked', reason: recovery });
    expectWhole(after, error);
    expect(behaviourAfter(leg, after)).toBe(ERROR_TABLE[leg][error]?.behaviour);
  }
});

const NEW_ERRORS = ['something_new', 'constructor', '__proto__', 'toString'];

test.each(LEGS.filter((leg) => leg !== 'server'))(
  '%s: what nobody defined has the class of the leg, also under the name of something else',
  async (leg) => {
    const { recovery } = UNKNOWN_ERRORS[leg];
    for (const error of NEW_ERRORS) {
      const after = await lanyardErrorAfter(leg, error, 400);
      expect(after).toMatchObject({ code: codeOf(leg, error), recovery: { kind: 'blocked', reason: recovery } });
      expect(behaviourAfter(leg, after)).toBe('none');
    }
  },
);

test('a 401 of a server with an error that nobody defined is a refused token, told in its own words', async () => {
  for (const error of NEW_ERRORS) {
    const { fault, mints } = await callWith({ status: 401, members: { error } });
    expect(fault).toMatchObject({ code: 'server-refuses-token', recovery: { reason: 'misconfigured' } });
    expect(fault?.administrator).toContain(`answered HTTP 401 ${error}. Lanyard does not know this error.`);
    expect(mints).toBe(2);
  }
});

/** What each behaviour costs where the server never relents: mints, and which token is left. */
const DONE: Readonly<Record<Behaviour, { readonly mints: number; readonly kept: string | undefined } | 'not here'>> = {
  none: { mints: 1, kept: 'token-1' },
  'step-up': { mints: 1, kept: 'token-1' },
  'retry-with-nonce': { mints: 1, kept: 'token-1' },
  'widen-scope': { mints: 2, kept: 'token-2' },
  'mint-anew': { mints: 2, kept: undefined },
  'renew-subject-token': 'not here',
  prove: 'not here',
  'fresh-id-jag-once': 'not here',
  'end-session': 'not here',
};

test.each(Object.entries(ERROR_TABLE.server))(
  'a call that a server answers with %s does what the table says',
  async (error, row) => {
    const { mints, kept } = await callWith({ status: serverStatus(error), members: { error } });
    expect({ mints, kept }).toEqual(DONE[row.behaviour]);
  },
);

test('unknown errors: a sign-in may help at the identity provider, and the administrator elsewhere', () => {
  const reasons = Object.fromEntries(LEGS.map((leg) => [leg, UNKNOWN_ERRORS[leg].recovery]));
  expect(reasons).toEqual({
    authorization: 'signed-out',
    device: 'signed-out',
    code: 'signed-out',
    refresh: 'signed-out',
    'token-exchange': 'misconfigured',
    'jwt-bearer': 'misconfigured',
    revocation: 'misconfigured',
    server: 'misconfigured',
  });
});

test.each(LEGS)('%s: every error has its class, and what is done about it', (leg) => {
  const rows = Object.entries(ERROR_TABLE[leg]).map(([error, row]) => [error, [row.recovery, row.behaviour]]);
  expect(Object.fromEntries(rows)).toEqual(EXPECTED_ROWS[leg]);
});

test('only what is of a leg is done about its errors', () => {
  const other = new LanyardError({ code: 'jwt-bearer-invalid-grant', user: 'u', administrator: 'a' });
  expect(behaviourAfter('jwt-bearer', other)).toBe('fresh-id-jag-once');
  expect(behaviourAfter('token-exchange', other)).toBe('none');
  expect(behaviourAfter('jwt-bearer', new Error('jwt-bearer-invalid-grant'))).toBe('none');
});

test.each(LEGS)('%s: the sentences of a grant name its server, those of a session never do', (leg) => {
  for (const row of [...Object.values(ERROR_TABLE[leg]), UNKNOWN_ERRORS[leg]])
    expect(row.administrator.includes('{title}')).toBe(!IDP_LEGS.includes(leg));
});
