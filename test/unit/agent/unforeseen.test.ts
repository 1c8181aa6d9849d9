import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { logUnforeseen } from '../../../main/agent/unforeseen.ts';
import { createLog } from '../../../main/journal/log.ts';
import { memorySink } from '../fixtures.ts';

function watched() {
  const source = new EventEmitter();
  const sink = memorySink();
  const happened: string[] = [];
  const close = async () => void happened.push('log closed');
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      happened.push('ended');
      resolve();
    };
    logUnforeseen(source, createLog([{ ...sink, close }]), end);
  });
  return { source, entries: sink.entries, happened, ended };
}

test('a rejection that nobody handles is written down, and the agent goes on', () => {
  const { source, entries, happened } = watched();
  source.emit('unhandledRejection', new TypeError('x is undefined'));
  expect(entries).toMatchObject([
    { level: 'error', event: 'internal-error', fields: { detail: 'Unexpected error: TypeError: x is undefined' } },
  ]);
  expect(happened).toEqual([]);
});

test('an error that nobody catches is on the disk before the agent ends', async () => {
  const { source, entries, happened, ended } = watched();
  source.emit('uncaughtException', new Error('broken'));
  await ended;
  expect(entries).toMatchObject([{ event: 'internal-error', fields: { detail: 'Unexpected error: Error: broken' } }]);
  expect(happened).toEqual(['log closed', 'ended']);
});
