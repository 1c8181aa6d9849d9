import { expect } from 'vitest';
import { COUNTER_URI } from '../../company/workshop/changing.ts';
import type { Subject } from './subject.ts';

type List = 'tools' | 'prompts' | 'resources';

const FILTERS = {
  tools: { toolsListChanged: true },
  prompts: { promptsListChanged: true },
  resources: { resourcesListChanged: true },
} as const;

async function namesIn({ client }: Subject, list: List): Promise<readonly string[]> {
  if (list === 'tools') return (await client.listTools({}, { cacheMode: 'refresh' })).tools.map(({ name }) => name);
  if (list === 'prompts')
    return (await client.listPrompts({}, { cacheMode: 'refresh' })).prompts.map(({ name }) => name);
  return (await client.listResources({}, { cacheMode: 'refresh' })).resources.map(({ name }) => name);
}

/** Adds an entry to a list and takes it away, and hears of both. */
const listChanges = (list: List, entry: (subject: Subject) => string) => async (subject: Subject) => {
  const { client, text, until, listening } = subject;
  let heard = 0;
  const method = `notifications/${list}/list_changed` as const;
  client.setNotificationHandler(method, () => {
    heard += 1;
  });
  await listening(FILTERS[list], async () => {
    const name = entry(subject);
    const isThere = async () => (await namesIn(subject, list)).includes(name);
    const before = await isThere();
    for (const expected of [!before, before]) {
      const already = heard;
      await text('change', { list });
      await until(() => heard > already);
      await until(async () => (await isThere()) === expected);
    }
  });
  client.removeNotificationHandler(method);
};

/** What either side says by itself. */
export const CHANGING = {
  'a server logs while no call is under way': async ({ client, text, until }: Subject) => {
    const seen: unknown[] = [];
    client.setNotificationHandler('notifications/message', ({ params }) => void seen.push(params.data));
    await text('log_later');
    await until(() => seen.includes('Logged later'));
    client.removeNotificationHandler('notifications/message');
  },
  'a server hears that the client’s roots have changed': async ({ client, text, until }: Subject) => {
    const before = await text('roots_changes');
    await client.sendRootsListChanged();
    await until(async () => (await text('roots_changes')) !== before);
  },
  'a changed list of tools is announced': listChanges('tools', ({ shown }) => shown('spare_tool')),
  'a changed list of prompts is announced': listChanges('prompts', ({ shown }) => shown('spare_prompt')),
  'a changed list of resources is announced': listChanges('resources', () => 'spare'),
  'a resource that was subscribed to is announced when it changes': async ({
    cell,
    client,
    text,
    until,
    listening,
  }: Subject) => {
    const heard: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => void heard.push(params.uri));
    if (cell.client === 'legacy') await client.subscribeResource({ uri: COUNTER_URI });
    await listening({ resourceSubscriptions: [COUNTER_URI] }, async () => {
      // More than once, since the gateway acknowledges at once, before its servers have.
      await until(async () => {
        await text('count');
        return heard.length > 0;
      });
    });
    if (cell.client === 'legacy') await client.unsubscribeResource({ uri: COUNTER_URI });
    expect(new Set(heard)).toEqual(new Set([COUNTER_URI]));
    client.removeNotificationHandler('notifications/resources/updated');
  },
};
