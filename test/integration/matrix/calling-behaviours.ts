import { expect } from 'vitest';
import { z } from 'zod';
import { CHIPS_METHOD, MEASURE_METHOD } from '../../company/workshop/extras.ts';
import { UNKNOWN_MEMBERS } from '../../company/workshop/results.ts';
import { WORKSHOP_INSTRUCTIONS } from '../../company/workshop/workshop.ts';
import type { Subject } from './subject.ts';

const ODD_TEXT = 'ä€😀\u2028"\\\u0000';
const REGION = 'Köln ☕';
const STEPS = 30;
/** More than the test has time for, in ms: whoever waits for it must give up. */
const LONG_MS = 600_000;
const MEGABYTE = 1024 * 1024;
const INVALID_PARAMS = -32602;

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no error',
    (error: { readonly code?: unknown }) => error.code,
  );
}

/** Tools, and everything that comes with a call. */
export const CALLING = {
  'tools are listed with their schemas': async ({ client, shown }: Subject) => {
    const { tools } = await client.listTools();
    const echo = tools.find(({ name }) => name === shown('echo'));
    expect(echo).toMatchObject({ title: 'Echo', annotations: { readOnlyHint: true } });
    expect(echo?.inputSchema).toMatchObject({ properties: { text: { type: 'string' } }, required: ['text'] });
  },
  'a tool is called': async ({ text }: Subject) => {
    expect(await text('echo', { text: ODD_TEXT })).toBe(ODD_TEXT);
  },
  'a tool acts for the person who signed in': async ({ text }: Subject) => {
    expect(JSON.parse(await text('whoami'))).toMatchObject({ subject: 'u-alice' });
  },
  'a tool’s own failure is a result': async ({ call }: Subject) => {
    const result = await call('fail');
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text', text: 'The drill is broken' }] });
  },
  'arguments that do not fit are refused in the server’s words': async ({ call }: Subject) => {
    const said = await call('echo', { text: 7 }).then(JSON.stringify, (error: Error) => error.message);
    expect(said).toMatch(/text/);
    expect(said).toMatch(/expected string/i);
  },
  'an unknown tool is an error with its code': async ({ client, shown }: Subject) => {
    expect(await codeOf(client.callTool({ name: shown('no_such_tool'), arguments: {} }))).toBe(INVALID_PARAMS);
  },
  'progress comes in order and before the result': async ({ client, shown, arriving }: Subject) => {
    // The SDK's client passes no progress on whose result it has read already, so what arrives is looked at.
    const messages = await arriving(() =>
      client.callTool({ name: shown('count_up'), arguments: { to: STEPS } }, { onprogress: () => {} }),
    );
    const seen = messages.flatMap((message) => {
      if ('result' in message) return ['result'];
      return 'method' in message && message.method === 'notifications/progress' ? [message.params?.progress] : [];
    });
    expect(seen).toEqual([...Array.from({ length: STEPS }, (_, index) => index + 1), 'result']);
  },
  'progress is heard of while the call is under way': async ({ client, shown }: Subject) => {
    const caller = new AbortController();
    const first = Promise.withResolvers<number>();
    const onprogress = ({ progress }: { progress: number }) => first.resolve(progress);
    const args = { to: 1000, everyMilliseconds: 600 };
    const call = client.callTool({ name: shown('count_up'), arguments: args }, { onprogress, signal: caller.signal });
    const ended = call.catch(() => 'given up');
    expect(await Promise.race([first.promise, ended])).toBe(1);
    caller.abort();
    expect(await ended).toBe('given up');
  },
  'a call that is given up ends at the server': async ({ client, shown, counts, until }: Subject) => {
    const { toolCalls, abortedCalls } = counts();
    const caller = new AbortController();
    const args = { name: shown('wait'), arguments: { milliseconds: LONG_MS } };
    const call = client.callTool(args, { signal: caller.signal }).catch(() => 'given up');
    await until(() => counts().toolCalls > toolCalls);
    caller.abort();
    expect(await call).toBe('given up');
    await until(() => counts().abortedCalls > abortedCalls);
  },
  'many calls at once get each its own answer': async ({ text }: Subject) => {
    const texts = Array.from({ length: 20 }, (_, index) => `call ${index}`);
    expect(await Promise.all(texts.map((one) => text('echo', { text: one })))).toEqual(texts);
  },
  'a result of 1 MB arrives whole': async ({ text }: Subject) => {
    expect(await text('large', { characters: MEGABYTE / 2 })).toBe('ä'.repeat(MEGABYTE / 2));
  },
  'members of a result that nobody knows arrive': async ({ call }: Subject) => {
    const { content, structuredContent, ...others } = await call('odd');
    expect(content).toEqual([{ type: 'text', text: 'odd', _meta: { 'example.com/part': 1 } }]);
    expect(structuredContent).toEqual({ odd: { null: null } });
    expect(others).toMatchObject(UNKNOWN_MEMBERS);
  },
  'members of a call that nobody knows arrive': async ({ client, shown }: Subject) => {
    const _meta = { 'example.com/asked-by': { deeply: [null, 1.5] } };
    const { content } = await client.callTool({ name: shown('meta'), arguments: {}, _meta });
    const [first] = content;
    expect(JSON.parse(first?.type === 'text' ? first.text : '')).toMatchObject(_meta);
  },
  'what a list says beyond names arrives': async ({ client, shown }: Subject) => {
    const { tools } = await client.listTools();
    expect(tools.find(({ name }) => name === shown('odd'))).toMatchObject({
      title: 'Odd',
      icons: [{ src: 'https://example.com/odd.png', mimeType: 'image/png', sizes: ['48x48'] }],
      _meta: { 'example.com/listed': [1, null] },
    });
  },
  'a method that no revision knows is answered': async ({ client }: Subject) => {
    const asked = { method: MEASURE_METHOD, params: { length: 254 } };
    expect(await client.request(asked, z.object({ inches: z.number() }))).toMatchObject({ inches: 10 });
  },
  'a notification that no revision knows arrives with its call': async ({ client, text }: Subject) => {
    const seen: unknown[] = [];
    const params = z.object({ grams: z.number() });
    client.setNotificationHandler(CHIPS_METHOD, { params }, (given) => void seen.push(given));
    await text('chips');
    client.removeNotificationHandler(CHIPS_METHOD);
    expect(seen).toMatchObject([{ grams: 12 }]);
  },
  'the client pings': async ({ client }: Subject) => {
    expect(await client.ping()).toEqual({});
  },
  'the server is who it says': async ({ client }: Subject) => {
    expect(client.getServerVersion()).toMatchObject({ name: 'workshop', title: 'Workshop', version: '1.0.0' });
  },
  'the server’s instructions arrive': async ({ client }: Subject) => {
    expect(client.getInstructions()).toContain(WORKSHOP_INSTRUCTIONS);
  },
  'an argument beyond ASCII stands in its header as well': async ({ cell, client, text }: Subject) => {
    // Clients of the modern era take from the list which arguments are headers.
    await client.listTools();
    const { region, header } = JSON.parse(await text('regional', { region: REGION }));
    expect(region).toBe(REGION);
    const encoded = `=?base64?${Buffer.from(REGION).toString('base64')}?=`;
    // The legacy era knows no such header.
    expect(cell.server === 'modern' ? [encoded] : [encoded, null]).toContain(header);
  },
  'log messages come at the level that was asked for': async ({ cell, client, shown }: Subject) => {
    const seen: unknown[] = [];
    client.setNotificationHandler('notifications/message', ({ params }) => void seen.push(params));
    if (cell.client === 'legacy') await client.setLoggingLevel('warning');
    const _meta = cell.client === 'modern' ? { 'io.modelcontextprotocol/logLevel': 'warning' } : {};
    await client.callTool({ name: shown('log'), arguments: {}, _meta });
    client.removeNotificationHandler('notifications/message');
    expect(seen).toMatchObject([
      { level: 'warning', data: 'A line of level warning', logger: 'workshop' },
      { level: 'error', data: 'A line of level error', logger: 'workshop' },
    ]);
  },
};
