import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { answerFault, networkFault, retryAfterMs, wasNeverSent } from '../../../main/egress/faults.ts';
import { LanyardError } from '../../../shared/errors.ts';

function withCode(code: string, message = 'some text'): Error {
  return Object.assign(new Error(message), { code });
}
const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause });

test.each([
  ['ENOTFOUND', 'network-name'],
  ['EAI_AGAIN', 'network-name'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'network-tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'network-tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'network-tls'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'network-tls'],
  ['CERT_HAS_EXPIRED', 'network-tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'network-tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'network-tls'],
  ['ETIMEDOUT', 'network-timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'network-timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'network-timeout'],
  ['ECONNREFUSED', 'network-connection'],
  ['ECONNRESET', 'network-connection'],
  ['EHOSTUNREACH', 'network-connection'],
  ['ENETUNREACH', 'network-connection'],
  ['UND_ERR_SOCKET', 'network-connection'],
  ['EPIPE', 'network-connection'],
])('%s is told as %s, wherever in the chain it stands', (code, expected) => {
  const bare = withCode(code);
  for (const cause of [
    bare,
    fetchFailed(bare),
    fetchFailed(new AggregateError([bare])),
    new Error('x', { cause: fetchFailed(bare) }),
  ]) {
    const error = networkFault('idp.example.com', cause);
    expect(error).toMatchObject({ code: expected, recovery: { kind: 'retry' }, cause });
    expect(error.user).toContain('idp.example.com');
    expect(error.user).not.toContain(code);
    expect(error.administrator).toContain(code);
  }
});

test('the sentences say what to do', () => {
  expect(networkFault('idp.example.com', withCode('ENOTFOUND')).user).toBe(
    'idp.example.com cannot be found. Check your network connection or VPN.',
  );
  expect(networkFault('idp.example.com', withCode('CERT_HAS_EXPIRED')).administrator).toContain('trust store');
});

test('a time limit of our own is a timeout', () => {
  expect(networkFault('h', new DOMException('timed out', 'TimeoutError')).code).toBe('network-timeout');
});

test.each([[undefined], ['a string'], [new Error('no code')], [{ code: 'ENOTFOUND' }]])(
  'what nobody can tell is a failed connection: %s',
  (cause) => expect(networkFault('h', cause)).toMatchObject({ code: 'network-connection' }),
);

test('an error of ours stays what it is, also as the cause of another', () => {
  const ours = new LanyardError({ code: 'address-refused', user: 'u', administrator: 'a' });
  expect(networkFault('h', ours)).toBe(ours);
  expect(networkFault('h', fetchFailed(ours))).toBe(ours);
});

test('a chain of causes that never ends is not followed for ever', () => {
  const error: Error & { cause?: unknown } = new Error('round and round');
  error.cause = error;
  expect(networkFault('h', error).code).toBe('network-connection');
});

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const NOW = Date.UTC(2026, 0, 1);

test.each([
  [null, undefined],
  [undefined, undefined],
  ['', undefined],
  ['0', 0],
  ['5', 5_000],
  [' 5 ', 5_000],
  ['3600', 600_000],
  ['999999999', 600_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
  ['Fri, 01 Jan 2027 00:00:00 GMT', 600_000],
  ['Wed, 31 Dec 2025 23:59:59 GMT', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['5 s', undefined],
  ['soon', undefined],
  ['99999999999999999999', undefined],
])('Retry-After %j is %s ms', (value, expected) => expect(retryAfterMs(value, NOW)).toBe(expected));

test.each([
  [502, { 'content-type': 'text/html' }, 'answer-unusable', { kind: 'retry' }, 'HTTP 502 with text/html'],
  [200, {}, 'answer-unusable', { kind: 'retry' }, 'HTTP 200 with no content type'],
  [503, { 'retry-after': '7' }, 'answer-unusable', { kind: 'retry', afterMs: 7_000 }, 'HTTP 503'],
  [429, {}, 'answer-too-many-requests', { kind: 'retry' }, 'HTTP 429'],
  [
    429,
    { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' },
    'answer-too-many-requests',
    { kind: 'retry', afterMs: 9_000 },
    'HTTP 429',
  ],
])('HTTP %i with %j is %s and never final', (status, headers, code, recovery, detail) => {
  const error = answerFault('as.example.com', { status, headers: new Headers(headers as HeadersInit) }, NOW);
  expect(error).toMatchObject({ code, recovery });
  expect(error.administrator).toContain(detail);
});

test.each([
  ['ENOTFOUND', 'getaddrinfo', true],
  ['EAI_AGAIN', 'getaddrinfo', true],
  ['ECONNREFUSED', 'connect', true],
  ['ENETUNREACH', 'connect', true],
  ['ENETDOWN', 'connect', true],
  ['EHOSTUNREACH', 'connect', true],
  ['EADDRNOTAVAIL', 'connect', true],
  ['UND_ERR_CONNECT_TIMEOUT', undefined, true],
  ['EHOSTUNREACH', 'read', false],
  ['ENETUNREACH', 'read', false],
  ['ENETDOWN', 'write', false],
  ['EADDRNOTAVAIL', 'read', false],
  ['EHOSTUNREACH', undefined, false],
  ['ECONNRESET', 'read', false],
  ['ECONNRESET', 'connect', false],
  ['EPIPE', 'write', false],
  ['ETIMEDOUT', 'read', false],
  ['UND_ERR_SOCKET', undefined, false],
  ['UND_ERR_HEADERS_TIMEOUT', undefined, false],
])('after %s by %s nothing can have been sent: %s', (code, syscall, unsent) => {
  const cause = Object.assign(withCode(code), syscall && { syscall });
  // Where a name has several addresses, Node gathers what each died of, and has the first one's code beside them.
  const several = Object.assign(new AggregateError([cause, cause]), { code });
  for (const died of [cause, fetchFailed(cause), fetchFailed(several)])
    expect(wasNeverSent(networkFault('a.example.com', died))).toBe(unsent);
});

test.each(['127.0.0.1', 'localhost'])(
  'what Node itself reports for a closed port of %s was never sent',
  async (host) => {
    const socket = connect({ host, port: await closedPort(), autoSelectFamily: true });
    const [died] = (await once(socket, 'error')) as [Error];
    expect(wasNeverSent(networkFault(host, fetchFailed(died)))).toBe(true);
  },
);
