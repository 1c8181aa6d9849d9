import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { journalEntrySchema } from '../../../shared/journal-views.ts';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { endAllChildren } from '../program.ts';
import { initializeBody } from '../raw-http.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await createLaptop();
});
afterEach(endAllChildren);
afterAll(() => laptop.close());

/** A line: when, how it went, what. */
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [·✓!✗] \S.*$/;

/** Has a client begin a conversation with the notes server. */
async function useNotes(): Promise<void> {
  const shim = laptop.start('stdio', 'notes', '--client', 'some-app');
  shim.stdin.write(`${initializeBody('init')}\n`);
  await shim.printed(/"id":"init"/);
  shim.stdin.end();
  await shim.ended;
}

test('the journal is told in plain words, filtered, as JSON, and after a restart too', async () => {
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  await laptop.login();
  await useNotes();
  const { stdout, exitCode } = await laptop.run('journal');
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(LINE);
  expect(stdout).toContain('✓ Signed in\n');
  expect(stdout).toMatch(/✓ Access to \S.* is ready\n/);
  expect(stdout).toMatch(/some-app opened a conversation with \S.* · \d+ ms\n/);

  const ofApp = (await laptop.run('journal', '--client', 'some-app')).stdout;
  expect(ofApp).toContain('some-app opened a conversation');
  expect(ofApp).not.toContain('Signed in');
  expect(await laptop.run('journal', '--server', 'nothing')).toMatchObject({ exitCode: 2, stdout: '' });
  const documents = (await laptop.run('journal', '--json', '--server', 'notes')).stdout.trimEnd().split('\n');
  const entries = documents.map((document) => journalEntrySchema.parse(JSON.parse(document)));
  expect(entries.map(({ event }) => event)).toContain('grant-ready');
  expect(entries.every(({ fields }) => fields.server === 'notes')).toBe(true);

  await agent.end();
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  const later = (await laptop.run('journal')).stdout;
  expect(later).toContain(lines.find((line) => line.endsWith('Signed in')));
});

test('following shows what there is, and then what comes, once', async () => {
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  await laptop.login();
  const follower = laptop.start('journal', '--follow', '--client', 'some-app');
  await useNotes();
  await follower.printed(/opened a conversation/);
  const times = () => follower.stdout().split('opened a conversation').length - 1;
  const before = times();
  await useNotes();
  while (times() <= before) await follower.printed(/\n/).then(() => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(times()).toBe(before + 1);
  await follower.end('SIGINT');
});

test('an agent that is told to stop ends as by a signal, and stopping again is no mistake', async () => {
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  const stopped = await laptop.run('stop');
  expect(stopped).toMatchObject({ exitCode: 0, stderr: '' });
  expect(stopped.stdout).toContain('Lanyard has ended');
  expect((await agent.ended).exitCode).toBe(0);
  expect(await readFile(laptop.paths.log, 'utf8')).toContain('"event":"agent-stopping","reason":"asked"');
  expect(await laptop.run('stop')).toMatchObject({ exitCode: 0, stdout: 'Lanyard is not running.\n' });
});
