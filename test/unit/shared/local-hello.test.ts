import { expect, test } from 'vitest';
import {
  agentHello,
  clientHello,
  HELLO_LINE_LIMIT_BYTES,
  helloProof,
  isProof,
  parseAgentHello,
  parseClientHello,
} from '../../../shared/local-hello.ts';

const CLIENT = 'c'.repeat(43);
const AGENT = 'a'.repeat(43);
const NONCES = { client: CLIENT, agent: AGENT };

test('a proof depends on the token, the role and both nonces', () => {
  const proofs = [
    helloProof('token', 'client', NONCES),
    helloProof('other', 'client', NONCES),
    helloProof('token', 'agent', NONCES),
    helloProof('token', 'client', { client: AGENT, agent: AGENT }),
    helloProof('token', 'client', { client: CLIENT, agent: CLIENT }),
    helloProof('token', 'client', { client: AGENT, agent: CLIENT }),
  ];
  expect(new Set(proofs).size).toBe(proofs.length);
  expect(helloProof('token', 'client', { ...NONCES })).toBe(proofs[0]);
});

test.each([
  ['abc', 'abc', true],
  ['abd', 'abc', false],
  ['ab', 'abc', false],
  ['abcd', 'abc', false],
  ['', 'abc', false],
  ['äbc', 'abc', false],
])('%j against %j: %s', (received, expected, same) => expect(isProof(received, expected)).toBe(same));

test('both hellos read back as they were written and fit the line limit', () => {
  const first = clientHello(CLIENT);
  const second = agentHello('token', NONCES);
  expect(parseClientHello(first.slice(0, -1))).toEqual({ version: 1, nonce: CLIENT });
  expect(parseAgentHello(second.slice(0, -1))).toEqual({
    version: 1,
    nonce: AGENT,
    proof: helloProof('token', 'agent', NONCES),
  });
  for (const line of [first, second]) expect(line.length).toBeLessThanOrEqual(HELLO_LINE_LIMIT_BYTES);
});

test.each([
  '',
  'GET / HTTP/1.1',
  `LANYARD/1 ${CLIENT} `,
  ` LANYARD/1 ${CLIENT}`,
  `lanyard/1 ${CLIENT}`,
  `LANYARD/ ${CLIENT}`,
  `LANYARD/1000 ${CLIENT}`,
  `LANYARD/-1 ${CLIENT}`,
  `LANYARD/1 ${CLIENT.slice(1)}`,
  `LANYARD/1 ${CLIENT}c`,
  `LANYARD/1 ${'+'.repeat(43)}`,
  `LANYARD/1 ${CLIENT}\r`,
  `LANYARD/1 ${CLIENT} ${AGENT}`,
])('%j is not a client hello', (line) => expect(parseClientHello(line)).toBeUndefined());

test.each([
  '',
  'HTTP/1.1 400 Bad Request',
  `LANYARD/1 ${AGENT}`,
  `LANYARD/1 ${AGENT} ${AGENT.slice(1)}`,
  `LANYARD/1 ${AGENT}  ${AGENT}`,
  `LANYARD/1 ${AGENT} ${AGENT} ${AGENT}`,
])('%j is not an agent hello', (line) => expect(parseAgentHello(line)).toBeUndefined());

test('a hello of another version is read, so that the agent can serve the one before', () => {
  expect(parseClientHello(`LANYARD/2 ${CLIENT}`)).toEqual({ version: 2, nonce: CLIENT });
});
