import { expect, onTestFinished, test } from 'vitest';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import { runShim } from '../../../main/cli/shim.ts';
import { localPaths } from '../../../shared/paths.ts';
import { temporaryFolder } from '../fixtures.ts';

test('an agent that hangs up in the middle is told by a sentence', async () => {
  const paths = localPaths(temporaryFolder(), 'linux');
  const listener = await openLocalListener(
    paths,
    () => {},
    (_request, socket) => socket.destroy(),
  );
  onTestFinished(() => listener.close());
  const told: string[] = [];
  const context = { paths, startAgent: async () => {}, err: (text: string) => void told.push(text) };
  expect(await runShim('notes', undefined, context)).toBe(1);
  expect(told).toEqual(['lanyard: Lanyard does not answer. Wait a moment; if it stays, restart it.\n']);
});
