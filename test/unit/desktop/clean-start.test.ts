import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BASH, cleanStart } from '../../../main/desktop/clean-start.ts';

const agent = { file: '/opt/lanyard', args: ['agent', '--policy', "it's mine.json"] };

test.each([
  ['darwin', true],
  ['win32', true],
  ['linux', false],
] as const)('%s, bash: %s: started as it is', (platform, hasBash) => {
  expect(cleanStart(agent, platform, hasBash)).toEqual(agent);
});

test('Linux: through bash, arguments untouched', () => {
  const { file, args } = cleanStart(agent, 'linux', true);
  expect(file).toBe(BASH);
  expect(args.slice(-4)).toEqual(['/opt/lanyard', ...agent.args]);
});

test.runIf(process.platform === 'linux')('what was open is closed, and what the environment names is not run', () => {
  const open = openSync('/dev/null', 'r');
  const list = cleanStart({ file: '/bin/ls', args: ['/proc/self/fd'] }, 'linux', true);
  const { stdout, status } = spawnSync(list.file, [...list.args], {
    stdio: ['ignore', 'pipe', 'pipe', open, open, 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', open],
    env: { BASH_ENV: '/dev/stdin/none', PATH: '/nowhere' },
    encoding: 'utf8',
  });
  // 3 is the folder that ls itself reads.
  expect({ status, files: stdout.trim().split('\n') }).toEqual({ status: 0, files: ['0', '1', '2', '3'] });
});

test.runIf(process.platform === 'linux')('a program that is missing is an exit code', () => {
  const missing = cleanStart({ file: '/nowhere/lanyard', args: [] }, 'linux', true);
  expect(spawnSync(missing.file, [...missing.args]).status).toBe(127);
});
