import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openJournal } from '../../../main/agent/journal.ts';
import type { CallRecord } from '../../../main/journal/calls.ts';
import { createLog } from '../../../main/journal/log.ts';
import { journalSchema } from '../../../shared/journal-views.ts';
import { LOCAL_BODY_LIMIT_BYTES } from '../../../shared/local-api.ts';
import { createVirtualTime } from '../../virtual-time.ts';
import { memorySink, temporaryFolder } from '../fixtures.ts';

const ADA = { issuer: 'https://idp.example.com', subject: 'ada' };
const BOB = { ...ADA, subject: 'bob' };

const CALL: CallRecord = {
  client: 'vscode',
  server: 'notes',
  transport: 'http',
  verb: 'POST',
  method: 'tools/call',
  name: 'echo',
  status: 200,
  durationMs: 1,
  requestBytes: 1,
  responseBytes: 1,
};

function folder() {
  const state = temporaryFolder();
  return { log: join(state, 'agent.log'), tally: join(state, 'tally.json') };
}

async function opened(paths = folder()) {
  const time = createVirtualTime();
  const sink = memorySink();
  const log = createLog([sink], time.clock);
  let told = 0;
  const onUse = () => {
    told += 1;
  };
  const journal = await openJournal({ paths, log, ...time, onUse });
  return { journal, time, log, sink, paths, told: () => told };
}

describe('what the journal remembers', () => {
  test('begins with the end of the log, and goes on with every line', async () => {
    const paths = folder();
    writeFileSync(
      paths.log,
      '{"time":"2026-01-02T03:04:05.000Z","level":"info","event":"signed-in","subject":"ada"}\n',
    );
    const { journal, log } = await opened(paths);
    log.warn('grant-failed', { server: 'notes' });
    journal.record(CALL);
    const { entries, hours } = journalSchema.parse(journal.view());
    expect(entries.map(({ id, event }) => [id, event])).toEqual([
      [1, 'signed-in'],
      [2, 'grant-failed'],
      [3, 'call'],
    ]);
    expect(hours).toHaveLength(24);
    expect(hours.at(-1)).toMatchObject({ calls: 1, failed: 0, mints: 0 });
  });

  test('is of the present person alone: it begins anew when somebody else signs in', async () => {
    const { journal, log, paths } = await opened();
    const events = () => journal.view().entries.map(({ event }) => event);
    log.info('woke');
    journal.belongsTo(ADA);
    log.info('signed-in', { subject: ADA.subject });
    journal.record(CALL);
    journal.belongsTo(ADA);
    expect(events()).toEqual(['woke', 'signed-in', 'call']);
    journal.belongsTo(BOB);
    log.info('signed-in', { subject: BOB.subject });
    expect(events()).toEqual(['signed-in']);
    await journal.close();

    // The next agent knows only by the counts whose the log was, if it does not say it.
    writeFileSync(paths.log, '{"time":"2026-01-02T03:04:05.000Z","level":"info","event":"call"}\n');
    const second = await opened(paths);
    second.journal.belongsTo(BOB);
    expect(second.journal.view().entries).toHaveLength(1);
    second.journal.belongsTo(ADA);
    expect(second.journal.view().entries).toEqual([]);
    await second.journal.close();
  });

  test('has nothing of the person who signed in last for another one, also where the counts are gone', async () => {
    const paths = folder();
    writeFileSync(
      paths.log,
      '{"time":"2026-01-02T03:04:05.000Z","level":"info","event":"signed-in","subject":"ada"}\n',
    );
    const { journal } = await opened(paths);
    journal.belongsTo(BOB);
    expect(journal.view().entries).toEqual([]);
  });

  test('has room in one answer, whatever the lines hold', async () => {
    const { journal, log } = await opened();
    for (let number = 0; number < 500; number += 1)
      log.warn('grant-failed', { detail: '\u0001'.repeat(1_999), number });
    const view = journal.view();
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(LOCAL_BODY_LIMIT_BYTES);
    expect(view.entries.length).toBeGreaterThan(20);
    expect(view.entries.at(-1)?.fields.number).toBe(499);
  });
});

describe('use', () => {
  test('is told a few times a minute at most, never with each call', async () => {
    const { journal, time, told } = await opened();
    for (let number = 0; number < 100; number += 1) journal.record(CALL);
    expect(told()).toBe(0);
    await time.advance(5_000);
    expect(told()).toBe(1);
    await time.advance(60_000);
    expect(told()).toBe(1);
    journal.record(CALL);
    await time.advance(5_000);
    expect(told()).toBe(2);
  });

  test('is no matter of lists and pings', async () => {
    const { journal, time, told, paths } = await opened();
    journal.record({ ...CALL, method: 'tools/list' });
    await time.advance(120_000);
    expect(told()).toBe(0);
    expect(existsSync(paths.tally)).toBe(false);
  });

  test('survives the agent, in a private file, for the person whose it is', async () => {
    const first = await opened();
    first.journal.belongsTo(ADA);
    first.journal.record(CALL);
    first.journal.minted();
    await first.journal.close();
    expect(statSync(first.paths.tally).mode & 0o777).toBe(0o600);
    expect(readFileSync(first.paths.tally, 'utf8')).not.toContain('ada');

    const second = await opened(first.paths);
    expect(second.journal.hour()).toMatchObject({ calls: 1, mints: 1 });
    second.journal.belongsTo(ADA);
    expect(second.journal.ofServer('notes').callsToday).toBe(1);
    second.journal.belongsTo(BOB);
    expect(second.journal.ofServer('notes')).toEqual({ callsToday: 0 });
    await second.journal.close();
  });

  test('is written within a minute, and not with each call', async () => {
    const { journal, time, paths } = await opened();
    journal.record(CALL);
    await time.advance(30_000);
    expect(existsSync(paths.tally)).toBe(false);
    journal.record(CALL);
    await time.advance(30_000);
    await journal.close();
    expect(JSON.parse(readFileSync(paths.tally, 'utf8')).servers.notes.calls).toBe(2);
  });

  test('begins anew beside a file that cannot be read', async () => {
    const paths = folder();
    writeFileSync(paths.tally, 'torn');
    const { journal, sink } = await opened(paths);
    expect(journal.ofServer('notes')).toEqual({ callsToday: 0 });
    expect(readFileSync(`${paths.tally}.unreadable`, 'utf8')).toBe('torn');
    expect(sink.entries).toMatchObject([{ level: 'warn', event: 'tally-set-aside' }]);
    journal.record(CALL);
    await journal.close();
    expect(JSON.parse(readFileSync(paths.tally, 'utf8')).servers.notes.calls).toBe(1);
  });
});
