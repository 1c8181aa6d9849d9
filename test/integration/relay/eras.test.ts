import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { callTool, connectRelay, ERAS } from '../mcp.ts';
import { until } from '../until.ts';

let fixture: Fixture;
let localKey: string;
beforeAll(async () => {
  fixture = await startFixture();
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterAll(() => fixture.close());

const notes = () => {
  const { notes: counts } = fixture.company.counts.servers;
  if (!counts) throw new Error('The company has notes');
  return counts;
};

/** Announces until it was heard, since a stream may still be opening at the first time. */
async function announceUntil(heard: Promise<void>): Promise<void> {
  let isHeard = false;
  heard.then(() => {
    isHeard = true;
  });
  while (!isHeard) {
    fixture.company.announceToolListChanged('notes');
    await delay(10);
  }
}

describe.each(ERAS)('through the relay, a client of the %s era', (era) => {
  let client: Client;
  const connect = async (capabilities = {}) => connectRelay(fixture, 'notes', era, { localKey, capabilities });

  test('lists tools, calls them, reads resources and prompts', async () => {
    client = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('add_note');
    expect(await callTool(client, 'echo', { text: 'ä€😀\u2028"\\' })).toBe('ä€😀\u2028"\\');
    const { contents } = await client.readResource({ uri: 'notes://handbook' });
    expect(contents[0]).toMatchObject({ mimeType: 'text/plain' });
    const prompt = await client.getPrompt({ name: 'summarise_notes', arguments: { subject: 'lunch' } });
    expect(JSON.stringify(prompt.messages)).toContain('lunch');
    await client.close();
  });

  test('gets the server’s own errors untouched', async () => {
    client = await connect();
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow(/no_such_tool/);
    await client.close();
  });

  test('hears of progress while the call is still under way', async () => {
    client = await connect();
    const caller = new AbortController();
    const first = Promise.withResolvers<number>();
    const onprogress = ({ progress }: { progress: number }) => first.resolve(progress);
    // At this pace the call would take an hour: progress that was held back until its end would never come.
    const args = { name: 'count_up', arguments: { to: 1000, everyMilliseconds: 20 } };
    const call = client.callTool(args, { onprogress, signal: caller.signal, timeout: 3_600_000 });
    const ended = call.then(
      () => 'ended',
      () => 'given up',
    );
    expect(await Promise.race([first.promise, ended])).toBe(1);
    caller.abort();
    expect(await ended).toBe('given up');
    await client.close();
  });

  test('hears of every step in its order', async () => {
    client = await connect();
    const seen: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void seen.push(progress);
    await client.callTool({ name: 'count_up', arguments: { to: 50 } }, { onprogress });
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    await client.close();
  });

  test('is asked what the server asks, and its answer arrives', async () => {
    client = await connect({ elicitation: { form: {} } });
    await callTool(client, 'add_note', { text: 'soon gone' });
    const number = (await callTool(client, 'list_notes')).split('\n').length;
    const questions: string[] = [];
    for (const remove of [false, true]) {
      client.setRequestHandler('elicitation/create', ({ params }) => {
        questions.push(params.message);
        return { action: 'accept', content: { remove } };
      });
      const answer = await callTool(client, 'remove_note', { number });
      expect(answer).toBe(remove ? 'Removed: soon gone' : 'The note stays');
    }
    expect(questions).toEqual(Array(2).fill('Remove the note "soon gone"?'));
    await client.close();
  });

  test('that gives a call up ends it at the server', async () => {
    client = await connect();
    const { toolCalls, abortedCalls } = notes();
    const caller = new AbortController();
    const args = { name: 'wait', arguments: { milliseconds: 600_000 } };
    const call = client.callTool(args, { signal: caller.signal }).catch(() => 'given up');
    await until(() => notes().toolCalls > toolCalls);
    caller.abort();
    expect(await call).toBe('given up');
    await until(() => notes().abortedCalls > abortedCalls);
    await client.close();
  });

  test('hears on its open stream that the tools have changed', async () => {
    client = await connect();
    const heard = Promise.withResolvers<void>();
    client.setNotificationHandler('notifications/tools/list_changed', () => heard.resolve());
    const subscription = era === 'modern' ? await client.listen({ toolsListChanged: true }) : undefined;
    await announceUntil(heard.promise);
    await subscription?.close();
    await client.close();
  });

  test('makes many calls at once, each with its own answer', async () => {
    client = await connect();
    const texts = Array.from({ length: 40 }, (_, index) => `call ${index}`);
    expect(await Promise.all(texts.map((text) => callTool(client, 'echo', { text })))).toEqual(texts);
    await client.close();
  });
});
