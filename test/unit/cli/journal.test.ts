import { mkdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import type { CliContext } from '../../../main/cli/context.ts';
import { journal } from '../../../main/cli/journal.ts';
import type { JournalEntry } from '../../../shared/journal-views.ts';
import { localPaths } from '../../../shared/paths.ts';
import { server } from '../desktop/states.ts';
import { sendJson, temporaryFolder } from '../fixtures.ts';
import { agentState } from '../shared/agent-state.ts';

const entry = (id: number, fields: JournalEntry['fields'] = {}, event = 'woke'): JournalEntry => ({
  id,
  at: 1,
  level: 'info',
  event,
  fields,
});

interface Told {
  /** What `GET /v1/journal` answers. */
  readonly known: readonly JournalEntry[];
  /** What is said of the stream once that was asked for, before and after the answer. */
  readonly meanwhile?: readonly JournalEntry[];
  readonly later?: readonly JournalEntry[];
  readonly missed?: number;
}

/** Runs `lanyard journal` against an agent that says this, until it ends the stream. */
async function run(options: Parameters<typeof journal>[1], { known, meanwhile = [], later = [], missed = 0 }: Told) {
  const paths = localPaths(temporaryFolder(), 'linux');
  mkdirSync(paths.state, { recursive: true });
  const asked: string[] = [];
  const lines: string[] = [];
  let stream: ServerResponse | undefined;
  const say = (entries: readonly JournalEntry[], more = 0) =>
    stream?.write(
      `data: ${JSON.stringify({ entries, missed: more, hour: { at: 0, calls: 0, failed: 0, mints: 0 } })}\n\n`,
    );
  const titled = { id: 'zed', kind: 'zed', title: 'Zed', addedAt: 1, entries: [] };
  const listener = await openLocalListener(
    paths,
    (request, response) => {
      const path = request.url?.replace('/v1', '') ?? '';
      asked.push(path);
      if (path === '/state')
        return sendJson(
          response,
          200,
          // The client is there from the second time on.
          agentState({
            servers: [server('notes', 'ready')],
            clients: asked.filter((one) => one === '/state').length > 1 ? [titled] : [],
          }),
        );
      if (path === '/journal/events') {
        stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
        return say([]);
      }
      say(meanwhile);
      response.once('close', () => {
        say(later, missed);
        stream?.end();
      });
      return sendJson(response, 200, { entries: known, hours: [] });
    },
    (_request, socket) => socket.destroy(),
  );
  onTestFinished(() => listener.close());
  const { signal } = new AbortController();
  await journal({ paths, signal, out: (text: string) => void lines.push(text) } as CliContext, options);
  return { asked, lines };
}

const idsOf = (lines: readonly string[]) => lines.map((line) => (JSON.parse(line) as JournalEntry).id);

test('what is in the answer and in the news is told once, in order, and the stream stands before the question', async () => {
  const { asked, lines } = await run(
    { follow: true, json: true },
    { known: [entry(1), entry(2), entry(3)], meanwhile: [entry(2), entry(3), entry(4)], later: [entry(4), entry(5)] },
  );
  expect(idsOf(lines)).toEqual([1, 2, 3, 4, 5]);
  expect(asked).toEqual(['/state', '/journal/events', '/journal']);
});

test('what was told once is not told again where only some of it was wanted', async () => {
  const { lines } = await run(
    { follow: true, json: true, client: 'zed' },
    { known: [entry(1, { client: 'zed' }), entry(2)], meanwhile: [entry(1, { client: 'zed' }), entry(2)] },
  );
  expect(idsOf(lines)).toEqual([1]);
});

test('what was missed is said by its number, but not between documents', async () => {
  const told = { known: [], later: [entry(9)], missed: 8 };
  expect((await run({ follow: true }, told)).lines[0]).toBe('(8 more)\n');
  expect(idsOf((await run({ follow: true, json: true }, told)).lines)).toEqual([9]);
});

test('a client that was connected a moment ago is called by its title', async () => {
  const added = entry(1, { client: 'zed' }, 'client-added');
  const { asked, lines } = await run({ follow: true }, { known: [], later: [added] });
  expect(asked.filter((path) => path === '/state')).toHaveLength(2);
  expect(lines.join('')).toContain('Zed');
});

test('without following the journal is asked for once', async () => {
  const { asked, lines } = await run({ json: true }, { known: [entry(1), entry(2)] });
  expect([asked, idsOf(lines)]).toEqual([
    ['/state', '/journal'],
    [1, 2],
  ]);
});
