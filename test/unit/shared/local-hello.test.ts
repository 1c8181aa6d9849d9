import { expect, test } from 'vitest';
import {
  agentHello,
  clientHello,
  createHello,
  HELLO_LINE_LIMIT_BYTES,
  type Hello,
  helloProof,
  isProof,
  parseAgentHello,
  parseClientHello,
} from '../../../shared/local-hello.ts';
import { PRODUCT } from '../../../shared/product.ts';

const C = 'c'.repeat(43);
const A = 'a'.repeat(43);
const CLIENT: Hello = { version: 2, nonce: C, product: '1.2.3' };
const AGENT: Hello = { version: 2, nonce: A, product: '1.3.0-beta.2' };
const HELLOS = { client: CLIENT, agent: AGENT };
const OLDER = { client: { version: 1, nonce: C, product: '' }, agent: { version: 1, nonce: A, product: '' } } as const;

test('a proof depends on the token, the role, the version, and everything that both have said', () => {
  const proofs = [
    helloProof('token', 'client', HELLOS),
    helloProof('other', 'client', HELLOS),
    helloProof('token', 'agent', HELLOS),
    helloProof('token', 'client', { client: AGENT, agent: CLIENT }),
    helloProof('token', 'client', { client: { ...CLIENT, nonce: A }, agent: AGENT }),
    helloProof('token', 'client', { client: CLIENT, agent: { ...AGENT, nonce: C } }),
    helloProof('token', 'client', { client: { ...CLIENT, product: '1.2.4' }, agent: AGENT }),
    helloProof('token', 'client', { client: CLIENT, agent: { ...AGENT, product: '1.2.3' } }),
    helloProof('token', 'client', OLDER),
    helloProof('token', 'agent', OLDER),
    helloProof('other', 'client', OLDER),
  ];
  expect(new Set(proofs).size).toBe(proofs.length);
  expect(helloProof('token', 'client', { ...HELLOS })).toBe(proofs[0]);
});

test.each([
  ['abc', 'abc', true],
  ['abd', 'abc', false],
  ['ab', 'abc', false],
  ['abcd', 'abc', false],
  ['', 'abc', false],
  ['äbc', 'abc', false],
])('%j against %j: %s', (received, expected, same) => expect(isProof(received, expected)).toBe(same));

test.each([
  ['the present one', HELLOS],
  ['the one before', OLDER],
])('both hellos of %s read back as they were written and fit the line limit', (_what, hellos) => {
  const first = clientHello(hellos.client);
  const second = agentHello('token', hellos);
  expect(parseClientHello(first.slice(0, -1))).toEqual(hellos.client);
  expect(parseAgentHello(second.slice(0, -1))).toEqual({
    hello: hellos.agent,
    proof: helloProof('token', 'agent', hellos),
  });
  for (const line of [first, second]) expect(line.length).toBeLessThanOrEqual(HELLO_LINE_LIMIT_BYTES);
});

test('the longest hello fits the line limit', () => {
  const product = `999999.999999.999999-${'x'.repeat(32)}`;
  const longest: Hello = { version: 2, nonce: C, product };
  const line = agentHello('token', { client: longest, agent: longest });
  expect(parseAgentHello(line.trimEnd())?.hello).toEqual(longest);
  expect(line.length).toBeLessThanOrEqual(HELLO_LINE_LIMIT_BYTES);
});

test('a hello of our own says our version, with a nonce for once, and is one', () => {
  const [first, second] = [createHello(2), createHello(2)];
  expect(first.product).toBe(PRODUCT.version);
  expect(first.nonce).not.toBe(second.nonce);
  expect(parseClientHello(clientHello(first).trimEnd())).toEqual(first);
  expect(createHello(1).product).toBe('');
});

test.each([
  '',
  'GET / HTTP/1.1',
  `LANYARD/1 ${C} `,
  ` LANYARD/1 ${C}`,
  `lanyard/1 ${C}`,
  `LANYARD/ ${C}`,
  `LANYARD/3 ${C} 1.2.3`,
  `LANYARD/12 ${C} 1.2.3`,
  `LANYARD/-1 ${C}`,
  `LANYARD/1 ${C.slice(1)}`,
  `LANYARD/1 ${C}c`,
  `LANYARD/1 ${'+'.repeat(43)}`,
  `LANYARD/1 ${C}\r`,
  `LANYARD/1 ${C} ${A}`,
  `LANYARD/1 ${C} 1.2.3`,
  `LANYARD/2 ${C}`,
  `LANYARD/2 ${C} `,
  `LANYARD/2 ${C} 1.2`,
  `LANYARD/2 ${C} v1.2.3`,
  `LANYARD/2 ${C} 1.2.3 x`,
  `LANYARD/2 ${C} 1.2.3\r`,
  `LANYARD/2 ${C} 1.2.3-\u001b[31m`,
  `LANYARD/2 ${C} 1.2.3-${'x'.repeat(33)}`,
  `LANYARD/2 ${C} 1.2.1234567`,
  `LANYARD/2 ${C} 1.2.3 ${A}`,
])('%j is not a client hello', (line) => expect(parseClientHello(line)).toBeUndefined());

test.each([
  '',
  'HTTP/1.1 400 Bad Request',
  `LANYARD/1 ${A}`,
  `LANYARD/1 ${A} ${A.slice(1)}`,
  `LANYARD/1 ${A}  ${A}`,
  `LANYARD/1 ${A} ${A} ${A}`,
  `LANYARD/2 ${A} ${A}`,
  `LANYARD/2 ${A} 1.2.3`,
  `LANYARD/2 ${A} 1.2.3 ${A.slice(1)}`,
  `LANYARD/2 ${A} 1.2.3 ${A} ${A}`,
])('%j is not an agent hello', (line) => expect(parseAgentHello(line)).toBeUndefined());
