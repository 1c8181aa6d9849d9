import { beforeEach, expect, test, vi } from 'vitest';
import { type Channel, wireName } from '../../../main/desktop/bridge/channels.ts';
import { type Handlers, serveIpc } from '../../../main/desktop/ipc.ts';
import { payloadSchemas } from '../../../main/desktop/ipc-schemas.ts';
import { PAGE_URL } from '../../../main/desktop/page-address.ts';
import { trustedSenders } from '../../../main/desktop/trusted-senders.ts';

type Listener = (event: unknown, payload: unknown) => Promise<unknown>;

const wire = vi.hoisted(() => new Map<string, Listener>());
vi.mock('electron', () => ({
  ipcMain: { handle: (name: string, listener: Listener) => void wire.set(name, listener) },
}));

const CHANNELS = Object.keys(payloadSchemas) as Channel[];
const OURS = 7;

/** A message from the main frame of our window; a test changes what it doubts. */
const message = ({ id = OURS, frame = { url: PAGE_URL, parent: null } as object | null } = {}) => ({
  sender: { id },
  senderFrame: frame,
});

/** The page's messages are served, and each call of a handler is noted. */
function served() {
  const calls: unknown[] = [];
  const senders = trustedSenders();
  senders.add(OURS);
  const noting = CHANNELS.map((channel) => [
    channel,
    (payload: unknown) => {
      calls.push([channel, payload]);
      return `answer of ${channel}`;
    },
  ]);
  serveIpc(Object.fromEntries(noting) as Handlers, senders);
  const send = async (event: unknown, channel: Channel, payload: unknown) => {
    const listener = wire.get(wireName(channel));
    if (!listener) throw new Error(`Nothing listens to ${channel}`);
    return listener(event, payload);
  };
  return { send, calls, senders };
}

beforeEach(() => wire.clear());

test('every channel listens, and nothing else does', () => {
  served();
  expect([...wire.keys()].sort()).toEqual(CHANNELS.map(wireName).sort());
});

test('our page is answered by the handler of its channel', async () => {
  const { send, calls } = served();
  expect(await send(message(), 'sign-out', null)).toBe('answer of sign-out');
  expect(await send(message(), 'retry', { server: 'notes' })).toBe('answer of retry');
  expect(calls).toEqual([
    ['sign-out', null],
    ['retry', { server: 'notes' }],
  ]);
});

test.each<readonly [string, ReturnType<typeof message>]>([
  ['another window', message({ id: OURS + 1 })],
  ['another page in our window', message({ frame: { url: 'https://example.com/', parent: null } })],
  ['another page of our own scheme', message({ frame: { url: `${PAGE_URL}.other`, parent: null } })],
  ['a frame within our page', message({ frame: { url: PAGE_URL, parent: {} } })],
  ['a frame that is gone', message({ frame: null })],
])('%s is refused on every channel, and no handler hears of it', async (_who, event) => {
  const { send, calls } = served();
  for (const channel of CHANNELS)
    await expect(send(event, channel, null), channel).rejects.toThrow('not from the window');
  expect(calls).toEqual([]);
});

test('a window that was closed is refused from then on', async () => {
  const { send, calls, senders } = served();
  senders.remove(OURS);
  await expect(send(message(), 'sign-out', null)).rejects.toThrow('not from the window');
  expect(calls).toEqual([]);
});

test('a payload of another shape is refused on every channel, and no handler hears of it', async () => {
  const { send, calls } = served();
  for (const channel of CHANNELS)
    for (const payload of [undefined, 1, 'x', [], { more: 1 }])
      await expect(send(message(), channel, payload), channel).rejects.toThrow('not what this channel takes');
  expect(calls).toEqual([]);
});
