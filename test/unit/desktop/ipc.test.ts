import { describe, expect, test } from 'vitest';
import { type Acts, acts } from '../../../main/desktop/acts.ts';
import type { Channel } from '../../../main/desktop/bridge/channels.ts';
import { payloadSchemas } from '../../../main/desktop/ipc-schemas.ts';
import { PAGE_URL } from '../../../main/desktop/page-address.ts';
import { pageHandlers } from '../../../main/desktop/page-handlers.ts';
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

/** For each channel, one payload that it takes and some that it does not; a channel without a line fails to compile. */
const PAYLOADS: Readonly<Record<Channel, { readonly good: unknown; readonly bad: readonly unknown[] }>> = {
  showing: { good: null, bad: [0, 'x'] },
  'sign-in': { good: { method: 'device' }, bad: [null, { method: 'none' }] },
  'cancel-sign-in': { good: null, bad: [true] },
  'open-sign-in-page': { good: null, bad: ['https://example.com/', { url: 'https://example.com/' }] },
  'sign-out': { good: null, bad: [{ all: true }] },
  retry: { good: { server: 'notes' }, bad: [null, { server: '' }, { server: 'a'.repeat(500) }] },
  'put-away-notice': { good: null, bad: [[]] },
  'restart-agent': { good: null, bad: [{ options: ['--policy', '/p.json'] }] },
  apps: { good: null, bad: [{ kind: 'cursor' }] },
  'plan-app': { good: { kind: 'cursor' }, bad: [null, { kind: 'snippet' }, { kind: 'cursor', file: '/etc/passwd' }] },
  'connect-app': {
    good: { kind: 'cursor', transport: 'http', gateway: true },
    bad: [null, { kind: 'other' }, { kind: 'cursor', transport: 'sse' }, { kind: 'cursor', gateway: 1 }],
  },
  'disconnect-app': { good: { client: 'c-1' }, bad: [null, { client: '../state' }, { client: '' }] },
  'server-tools': { good: { server: 'notes' }, bad: [null, { server: 'notes/../state' }] },
  'follow-journal': { good: { on: true }, bad: [null, { on: 'yes' }, { on: true, since: 0 }] },
  'start-demo': { good: null, bad: [{ policy: {} }] },
  'end-demo': { good: null, bad: [1] },
  'set-start-at-login': { good: { on: false }, bad: [null, { on: true, path: '/bin/sh' }] },
  'look-for-updates': { good: null, bad: [{ url: 'https://example.com/' }] },
  'install-update': { good: null, bad: [{ version: '9.9.9' }] },
};
const CHANNELS = Object.keys(PAYLOADS) as Channel[];

describe('every channel', () => {
  const nobody = () => {
    throw new Error('Not in this test');
  };
  const does: Acts = acts({
    face: nobody,
    call: nobody,
    restart: nobody,
    open: nobody,
    desk: {
      setStartAtLogin: nobody,
      lookForUpdates: nobody,
      installUpdate: nobody,
      startDemo: nobody,
      endDemo: nobody,
      followJournal: nobody,
    },
    notice: nobody,
  });
  const handlers = pageHandlers(does, nobody, { started: nobody, hasReturned: () => false });

  test('has a handler and a schema, and nothing else has', () => {
    expect(Object.keys(handlers).sort()).toEqual([...CHANNELS].sort());
    expect(Object.keys(payloadSchemas).sort()).toEqual([...CHANNELS].sort());
  });

  test.each(CHANNELS)('%s takes what it is for, and refuses the rest', (channel) => {
    const { good, bad } = PAYLOADS[channel];
    expect(payloadSchemas[channel].safeParse(good).success).toBe(true);
    for (const payload of [undefined, () => null, ...bad])
      expect([payload, payloadSchemas[channel].safeParse(payload).success]).toEqual([payload, false]);
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
    some.add(8);
    some.remove(7);
    expect(some.trusts(ours)).toBe(false);
    expect(some.ids()).toEqual([8]);
  });
});
