import { expect, test } from 'vitest';
import { writingFault } from '../../../main/vault/vault-faults.ts';
import { createVaultWriter } from '../../../main/vault/vault-writer.ts';
import { problemFrom, until } from '../fixtures.ts';
import { manualSchedule } from '../identity/manual-schedule.ts';

const fault = (code: string) => writingFault('/vault.json', Object.assign(new Error(code), { code }));

/** A writer onto a disk that fails with `disk.code` while it has one. */
function writing(code?: string) {
  const disk = { code, saves: 0, atOnce: 0, most: 0 };
  const timers = manualSchedule();
  let changes = 0;
  const writer = createVaultWriter({
    save: async () => {
      disk.saves += 1;
      disk.atOnce += 1;
      disk.most = Math.max(disk.most, disk.atOnce);
      await new Promise(setImmediate);
      disk.atOnce -= 1;
      if (disk.code !== undefined) throw fault(disk.code);
    },
    schedule: timers.schedule,
    onChange: () => {
      changes += 1;
    },
  });
  return { writer, disk, timers, changes: () => changes };
}

test('calls that wait for the same turn share one write, and no two writes run at a time', async () => {
  const { writer, disk } = writing();
  const first = writer.write();
  await new Promise(process.nextTick);
  await Promise.all([first, ...Array.from({ length: 50 }, () => writer.write())]);
  expect(disk).toMatchObject({ saves: 2, most: 1 });
});

test('a write that fails is told to who asked, remembered, and announced once for each kind', async () => {
  const { writer, disk, changes } = writing('ENOSPC');
  expect(writer.unsaved).toBeUndefined();
  expect(await problemFrom(writer.write())).toMatchObject({ code: 'vault-write' });
  expect(writer.unsaved).toEqual(fault('ENOSPC').problem);
  await problemFrom(writer.write());
  expect(changes()).toBe(1);
  disk.code = 'EROFS';
  await problemFrom(writer.write());
  expect(writer.unsaved?.user).toContain('read-only');
  expect(changes()).toBe(2);
  disk.code = undefined;
  await writer.write();
  await writer.write();
  expect(writer.unsaved).toBeUndefined();
  expect(changes()).toBe(3);
});

test('what failed is tried again by itself: after 1 s, then twice as long each time, a minute at most', async () => {
  const { writer, disk, timers } = writing('ENOSPC');
  await problemFrom(writer.write());
  const pauses: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const [pause = 0] = timers.pending();
    pauses.push(pause);
    timers.advance(pause);
    await until(() => timers.pending().length === 1);
  }
  expect(pauses.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  disk.code = undefined;
  timers.advance(60_000);
  await until(() => writer.unsaved === undefined);
  expect(timers.pending()).toEqual([]);
  disk.code = 'EIO';
  await problemFrom(writer.write());
  expect(timers.pending()).toEqual([1_000]);
});

test('calls that fail in the meantime neither put the next try off nor add one', async () => {
  const { writer, timers } = writing('ENOSPC');
  for (let call = 0; call < 5; call += 1) await problemFrom(writer.write());
  expect(timers.pending()).toEqual([1_000]);
});

test('a later call that succeeds calls the next try off', async () => {
  const { writer, disk, timers } = writing('ENOSPC');
  await problemFrom(writer.write());
  disk.code = undefined;
  await writer.write();
  expect(timers.pending()).toEqual([]);
});

test('settling tries once more, and leaves no timer behind that could write later', async () => {
  const { writer, disk, timers } = writing('ENOSPC');
  await problemFrom(writer.write());
  await writer.settled();
  expect(disk.saves).toBe(2);
  expect(timers.pending()).toEqual([]);
  expect(writer.unsaved).toBeDefined();
  disk.code = undefined;
  await writer.settled();
  expect(disk.saves).toBe(3);
  expect(writer.unsaved).toBeUndefined();
});

test('settling writes nothing where nothing failed, and waits for what is under way', async () => {
  const { writer, disk } = writing();
  await writer.settled();
  expect(disk.saves).toBe(0);
  void writer.write();
  await writer.settled();
  expect(disk).toMatchObject({ saves: 1, atOnce: 0 });
});
