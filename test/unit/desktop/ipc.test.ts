import { describe, expect, test } from 'vitest';
import { payloadSchemas } from '../../../main/desktop/ipc-schemas.ts';
import { PAGE_URL } from '../../../main/desktop/page-address.ts';
import { trustedSenders } from '../../../main/desktop/trusted-senders.ts';

describe('payloads', () => {
  const table: readonly [keyof typeof payloadSchemas, unknown, boolean][] = [
    ['showing', null, true],
    ['showing', undefined, false],
    ['sign-in', { method: 'browser' }, true],
    ['sign-in', { method: 'device' }, true],
    ['sign-in', { method: 'password' }, false],
    ['sign-in', { method: 'browser', url: 'https://other.example' }, false],
    ['sign-out', {}, false],
    ['retry', { server: 'notes' }, true],
    ['retry', { server: 'notes/../../sign-out' }, false],
    ['retry', { server: 'Notes' }, false],
    ['retry', { server: ['notes'] }, false],
    ['retry', null, false],
    ['restart-agent', null, true],
    ['restart-agent', { file: '/bin/sh' }, false],
  ];
  test.each(table)('%s with %j: %s', (channel, payload, accepted) => {
    expect(payloadSchemas[channel].safeParse(payload).success).toBe(accepted);
  });
});

describe('senders', () => {
  const ours = { webContentsId: 7, frameAddress: PAGE_URL, isMainFrame: true };
  const senders = trustedSenders();
  senders.add(7);

  test('our window with our page is trusted', () => {
    expect(senders.trusts(ours)).toBe(true);
    expect(senders.trusts({ ...ours, frameAddress: `${PAGE_URL}#servers` })).toBe(true);
  });

  test.each([
    ['another window', { ...ours, webContentsId: 8 }],
    ['a frame within ours', { ...ours, isMainFrame: false }],
    ['another page in ours', { ...ours, frameAddress: 'https://idp.company.example/' }],
    ['another file of our scheme', { ...ours, frameAddress: 'lanyard-app://window/other.html' }],
    ['another host of our scheme', { ...ours, frameAddress: 'lanyard-app://else/index.html' }],
    ['an address that begins like ours', { ...ours, frameAddress: `${PAGE_URL}.example` }],
    ['a frame that is gone', { ...ours, frameAddress: undefined }],
  ])('%s is not', (_name, sender) => {
    expect(senders.trusts(sender)).toBe(false);
  });

  test('a window that was closed is forgotten', () => {
    const some = trustedSenders();
    some.add(7);
    some.remove(7);
    expect(some.trusts(ours)).toBe(false);
  });
});
