import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientCapabilities } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';
import type { Fixture } from './fixture.ts';
import { callTool, type Era } from './mcp.ts';
import { until } from './until.ts';

// What a client of either era can do must not depend on how it is connected: over HTTP or over stdio.

const ANNOUNCE_EVERY_MS = 10;

/** What is tested. */
export interface Subject {
  readonly era: Era;
  readonly fixture: () => Fixture;
  /** Connects a new client to the notes server. */
  readonly connect: (capabilities?: ClientCapabilities) => Promise<Client>;
}

/** Writes the tests of everything that a connected client can do. */
export function testClient({ era, fixture, connect: open }: Subject): void {
  const clients: Client[] = [];
  const connect = async (capabilities: ClientCapabilities = {}) => {
    const client = await open(capabilities);
    clients.push(client);
    return client;
  };
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
  });
  const notes = () => {
    const { notes: counts } = fixture().company.counts.servers;
    if (!counts) throw new Error('The company has notes');
    return counts;
  };

  test('lists tools, calls them, reads resources and prompts', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('add_note');
    expect(await callTool(client, 'echo', { text: 'ä€😀\u2028"\\' })).toBe('ä€😀\u2028"\\');
    const { contents } = await client.readResource({ uri: 'notes://handbook' });
    expect(contents[0]).toMatchObject({ mimeType: 'text/plain' });
    const prompt = await client.getPrompt({ name: 'summarise_notes', arguments: { subject: 'lunch' } });
    expect(JSON.stringify(prompt.messages)).toContain('lunch');
  });

  test('acts as the person who signed in', async () => {
    expect(JSON.parse(await callTool(await connect(), 'whoami'))).toMatchObject({ subject: 'u-alice' });
  });

  test('gets the server’s own errors untouched', async () => {
    const client = await connect();
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow(/no_such_tool/);
  });

  test('hears of progress while the call is still under way', async () => {
    const client = await connect();
    const caller = new AbortController();
    const first = Promise.withResolvers<number>();
    const onprogress = ({ progress }: { progress: number }) => first.resolve(progress);
    // More steps than the test has time for: progress that was held back until the end would never come.
    const args = { name: 'count_up', arguments: { to: 1000, everyMilliseconds: 600 } };
    const call = client.callTool(args, { onprogress, signal: caller.signal, timeout: 3_600_000 });
    const ended = call.then(
      () => 'ended',
      () => 'given up',
    );
    expect(await Promise.race([first.promise, ended])).toBe(1);
    caller.abort();
    expect(await ended).toBe('given up');
  });

  test('is asked what the server asks, and its answer arrives', async () => {
    const client = await connect({ elicitation: { form: {} } });
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
  });

  test('ends a call at the server by giving it up', async () => {
    const client = await connect();
    const { toolCalls, abortedCalls } = notes();
    const caller = new AbortController();
    const args = { name: 'wait', arguments: { milliseconds: 600_000 } };
    const call = client.callTool(args, { signal: caller.signal }).catch(() => 'given up');
    await until(() => notes().toolCalls > toolCalls);
    caller.abort();
    expect(await call).toBe('given up');
    await until(() => notes().abortedCalls > abortedCalls);
  });

  test('hears on its open stream that the tools have changed', async () => {
    const client = await connect();
    let heard = false;
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      heard = true;
    });
    const subscription = era === 'modern' ? await client.listen({ toolsListChanged: true }) : undefined;
    // More than once, since the stream may still be opening at the first time.
    while (!heard) {
      fixture().company.announceToolListChanged('notes');
      await delay(ANNOUNCE_EVERY_MS);
    }
    await subscription?.close();
  });

  test('makes many calls at once, each with its own answer', async () => {
    const client = await connect();
    const texts = Array.from({ length: 40 }, (_, index) => `call ${index}`);
    expect(await Promise.all(texts.map((text) => callTool(client, 'echo', { text })))).toEqual(texts);
  });

  test('sends and gets a large message whole', async () => {
    const text = 'ä'.repeat(200_000);
    expect(await callTool(await connect(), 'echo', { text })).toBe(text);
  });
}
