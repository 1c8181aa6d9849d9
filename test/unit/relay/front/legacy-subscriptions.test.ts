import { expect, test } from 'vitest';
import { createLegacySubscriptions, listenFilter } from '../../../../main/relay/front/legacy-subscriptions.ts';
import type { Exchange, Responder } from '../../../../main/relay/mcp/responder.ts';
import { type Members, type Outcome, type RpcNotification, refused } from '../../../../main/relay/mcp/rpc.ts';
import { manualSchedule } from '../../identity/manual-schedule.ts';

interface Opened {
  readonly filter: unknown;
  readonly exchange: Exchange;
  acknowledge(): void;
  end(outcome: Outcome): void;
}

const CAPABILITIES = { tools: { listChanged: true }, resources: { subscribe: true } };

function watched(capabilities: Members = CAPABILITIES) {
  const opened: Opened[] = [];
  const log: string[] = [];
  const forwarded: RpcNotification[] = [];
  const time = manualSchedule();
  const responder: Responder = {
    answer: (request, exchange) =>
      new Promise((resolve) => {
        const name = `${opened.length}`;
        log.push(`open ${name}`);
        exchange.signal.addEventListener('abort', () => log.push(`end ${name}`));
        opened.push({
          filter: request.params?.notifications,
          exchange,
          acknowledge: () => {
            log.push(`acknowledge ${name}`);
            exchange.notify({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged' });
          },
          end: resolve,
        });
      }),
    end: () => {},
    reset: () => {},
  };
  let ids = 0;
  const subscriptions = createLegacySubscriptions({
    responder,
    conversation: { id: 'c', client: 'first', transport: 'http' },
    capabilities,
    modern: (request) => request,
    forward: (notification) => void forwarded.push(notification),
    newId: () => `${++ids}`,
    schedule: time.schedule,
  });
  return { opened, log, forwarded, time, subscriptions };
}

const settled = () => new Promise(setImmediate);

test.each<[Members, string[], Members]>([
  [{}, [], {}],
  [{ tools: {}, prompts: { listChanged: false } }, [], {}],
  [{ tools: { listChanged: true } }, [], { toolsListChanged: true }],
  [
    { prompts: { listChanged: true }, resources: { listChanged: true } },
    ['a'],
    { promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ['a'] },
  ],
])('the filter for %j with %j', (capabilities, uris, filter) => {
  expect(listenFilter(capabilities, new Set(uris))).toEqual(filter);
});

test('a new exchange is acknowledged before the old one is ended, and the subscribe answered after that', async () => {
  const { opened, log, subscriptions } = watched();
  subscriptions.start();
  await settled();
  opened[0]?.acknowledge();
  await settled();
  const subscribed = subscriptions.subscribe('a').then((outcome) => log.push(JSON.stringify(outcome)));
  await settled();
  expect(opened[1]?.filter).toEqual({ toolsListChanged: true, resourceSubscriptions: ['a'] });
  opened[1]?.acknowledge();
  await subscribed;
  expect(log).toEqual(['open 0', 'acknowledge 0', 'open 1', 'acknowledge 1', 'end 0', '{"result":{}}']);
});

test('a subscribe that is refused leaves what there was', async () => {
  const { opened, log, subscriptions, forwarded } = watched();
  subscriptions.start();
  await settled();
  opened[0]?.acknowledge();
  const subscribed = subscriptions.subscribe('a');
  await settled();
  opened[1]?.end(refused(-32602, 'No such resource'));
  expect(await subscribed).toMatchObject({ error: { code: -32602 } });
  expect(log).not.toContain('end 0');
  opened[0]?.exchange.notify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  expect(forwarded).toHaveLength(1);
});

test('a server that does not acknowledge holds nobody for ever', async () => {
  const { time, subscriptions, opened } = watched();
  const subscribed = subscriptions.subscribe('a');
  await settled();
  time.advance(10_000);
  expect(await subscribed).toEqual({ result: {} });
  expect(opened).toHaveLength(1);
});

test('an exchange that ends is opened again, after growing pauses until one has lasted', async () => {
  const { opened, time, subscriptions } = watched();
  subscriptions.start();
  for (const pause of [1_000, 2_000, 4_000]) {
    await settled();
    opened.at(-1)?.acknowledge();
    await settled();
    opened.at(-1)?.end({ result: {} });
    await settled();
    expect(time.pending()).toEqual([pause]);
    time.advance(pause);
  }
  await settled();
  opened.at(-1)?.acknowledge();
  await settled();
  time.advance(10_000);
  opened.at(-1)?.end(refused(-32000, 'Offline'));
  await settled();
  expect(time.pending()).toEqual([1_000]);
});

test('a server that knows no subscriptions is not asked again', async () => {
  const { opened, time, subscriptions } = watched();
  subscriptions.start();
  await settled();
  opened[0]?.end(refused(-32601, 'Unknown'));
  await settled();
  expect(time.pending()).toEqual([]);
});

test('nothing is open where there is nothing to hear of, nor after the end', async () => {
  const { opened, log, time, subscriptions } = watched({ resources: { subscribe: true } });
  subscriptions.start();
  await settled();
  expect(opened).toHaveLength(0);
  const subscribed = subscriptions.subscribe('a');
  await settled();
  opened[0]?.acknowledge();
  await subscribed;
  expect(await subscriptions.unsubscribe('a')).toEqual({ result: {} });
  expect(log.at(-1)).toBe('end 0');
  subscriptions.close();
  await subscriptions.subscribe('b');
  expect(opened).toHaveLength(1);
  expect(time.pending()).toEqual([]);
});
