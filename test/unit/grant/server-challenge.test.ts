import { expect, test } from 'vitest';
import { asRefusedToken, serverFault, serverRefusal } from '../../../main/grant/server-challenge.ts';

const SERVER = { url: 'https://mcp.example.com/mcp', title: 'The notes' };
const STEP_UP = 'insufficient_user_authentication';

const faultOf = (status: number, ...headers: string[]) => serverFault(SERVER, serverRefusal(status, headers, 'Bearer'));

test('a challenge is judged by its error, with what the sign-in has to bring', () => {
  const challenge = `Bearer realm="x", error="${STEP_UP}", error_description="Too old.", acr_values="mfa phr", max_age=60`;
  const error = faultOf(401, challenge);
  expect(error).toMatchObject({
    code: 'server-step-up',
    recovery: { kind: 'blocked', reason: 'step-up', stepUp: { acrValues: 'mfa phr', maxAgeSeconds: 60 } },
  });
  expect(error.administrator).toBe(
    `The notes: the server https://mcp.example.com/mcp answered HTTP 401 ${STEP_UP}: Too old. ` +
      'The person has to sign in with acr_values "mfa phr" and max_age 60.',
  );
});

test('a demand for another sign-in that cannot be read is one all the same', () => {
  const error = faultOf(401, `Bearer error="${STEP_UP}", max_age="soon"`);
  expect(error.recovery).toEqual({ kind: 'blocked', reason: 'step-up' });
  expect(error.administrator).toContain('sign in with what is demanded there.');
});

test('the sentences name the scopes that the server asks for', () => {
  const error = faultOf(403, 'Bearer error="insufficient_scope", scope="read write"');
  expect(error).toMatchObject({ code: 'scope-not-granted', recovery: { kind: 'blocked', reason: 'denied' } });
  for (const sentence of [error.user, error.administrator]) expect(sentence).toContain('asks for "read write"');
});

test("a server's words are cut and cannot steer what shows them", () => {
  const { user } = faultOf(403, `Bearer error="insufficient_scope", scope="a\u001b[2J {title} ${'x'.repeat(5_000)}"`);
  expect(user).not.toMatch(/\p{Cc}/u);
  expect(user).toContain('{title}');
  expect(user.length).toBeLessThan(700);
});

test.each([
  [],
  [''],
  ['Bearer'],
  ['Bearer resource_metadata="https://x"'],
  ['Basic error="invalid_scope"'],
  ['Bearer error="é"'],
  [`Bearer error="${'x'.repeat(101)}"`],
])('without an error that is one it is a refused token, and nothing is put into its mouth: %j', (...headers) => {
  const error = faultOf(401, ...headers);
  expect(error).toMatchObject({
    code: 'server-refuses-token',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
  expect(error.administrator).toContain('answered HTTP 401 without naming an error. ');
});

test('what counts as a refused token is told in its own words', () => {
  const refusal = serverRefusal(401, ['Bearer error="insufficient_scope", error_description="No"'], 'Bearer');
  expect(serverFault(SERVER, asRefusedToken(refusal))).toMatchObject({
    code: 'server-refuses-token',
    administrator: expect.stringContaining('answered HTTP 401 insufficient_scope: No. '),
  });
});

test('a quoted string hides what is in it, also one that ends with a backslash and never closes', () => {
  const header = 'Basic realm="x, Bearer error=insufficient_scope, \\';
  expect(serverRefusal(403, [header], 'Bearer').challenge).toEqual({});
});

test('a header that is longer than any real one is passed over, and the next one read', () => {
  const long = `Basic realm="${'x'.repeat(8 * 1024)}", Bearer error="insufficient_scope"`;
  expect(serverRefusal(403, [long], 'Bearer').challenge).toEqual({});
  expect(serverRefusal(403, [long, `Bearer error="${STEP_UP}"`], 'Bearer').error).toBe(STEP_UP);
});
