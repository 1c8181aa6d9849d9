import { expect, test } from 'vitest';
import { networkFault } from '../../../../main/egress/faults.ts';
import { mayHaveActed } from '../../../../main/relay/standby/carried-out.ts';
import type { LanyardError } from '../../../../shared/errors.ts';
import { faultOf, SIGNED_OUT } from './standing-by.ts';

const died = (code: string, syscall: string) =>
  networkFault('mcp.example.com', Object.assign(new Error(code), { code, syscall }));

test.each<[string, LanyardError, boolean]>([
  ['nobody is signed in', faultOf(SIGNED_OUT, 'signed-out'), false],
  ['the name does not resolve', died('ENOTFOUND', 'getaddrinfo'), false],
  ['nobody listens there', died('ECONNREFUSED', 'connect'), false],
  ['a mint failed a while ago', faultOf({ kind: 'retry' }, 'network-connection'), false],
  ['the certificate is not trusted', died('CERT_HAS_EXPIRED', 'connect'), false],
  ['the connection broke off', died('ECONNRESET', 'read'), true],
  ['no answer came in time', died('ETIMEDOUT', 'read'), true],
  ['the answer was too large', faultOf({ kind: 'retry' }, 'answer-too-large'), true],
  ['the answer could not be read', faultOf({ kind: 'retry' }, 'answer-encoded'), true],
  ['the person signed out meanwhile', faultOf(SIGNED_OUT, 'call-ended'), true],
  ['nobody foresaw it', faultOf(undefined, 'internal'), true],
])('where %s', (_, error, may) => {
  expect(mayHaveActed(error)).toBe(may);
});
