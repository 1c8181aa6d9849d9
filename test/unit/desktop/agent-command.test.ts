import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentCommand } from '../../../main/desktop/agent-command.ts';
import { startProblem } from '../../../main/desktop/agent-start.ts';
import { readArguments } from '../../../main/desktop/arguments.ts';
import { NO_POLICY } from '../../../shared/agent-process.ts';

const packaged = {
  packaged: true,
  resources: '/opt/Lanyard/resources',
  platform: 'linux',
  developmentCommand: '["/tmp/evil"]',
} as const;

describe('which program is the agent', () => {
  test('packaged: the one we ship, whatever the environment says', () => {
    expect(agentCommand(packaged, ['--policy', '/p.json'])).toEqual({
      file: '/opt/Lanyard/resources/lanyard/lanyard',
      args: ['agent', '--policy', '/p.json'],
    });
  });

  test('on Windows it has its ending', () => {
    expect(agentCommand({ ...packaged, platform: 'win32' }, []).file).toMatch(/lanyard\.exe$/);
  });

  test('development: as the environment says', () => {
    const surroundings = { ...packaged, packaged: false, developmentCommand: '["bin/node","main/lanyard.ts"]' };
    expect(agentCommand(surroundings, ['--insecure-file-key'])).toEqual({
      file: resolve('bin/node'),
      args: ['main/lanyard.ts', 'agent', '--insecure-file-key'],
    });
  });

  test.each([undefined, '', 'node agent', '[]', '[1]', '{"file":"node"}'])('development without: %j', (text) => {
    expect(() => agentCommand({ ...packaged, packaged: false, developmentCommand: text }, [])).toThrow(
      /LANYARD_AGENT_COMMAND/,
    );
  });
});

test.each([
  [[], { hidden: false, agentOptions: [] }],
  [['--hidden'], { hidden: true, agentOptions: [] }],
  [
    ['--policy', 'p.json', '--insecure-file-key'],
    { hidden: false, agentOptions: ['--policy', 'p.json', '--insecure-file-key'] },
  ],
  [['--policy=p.json'], { hidden: false, agentOptions: ['--policy', 'p.json'] }],
  [['--policy'], { hidden: false, agentOptions: [] }],
  [['--inspect=0', '/some/app', '--remote-debugging-port=0'], { hidden: false, agentOptions: [] }],
])('command line %j', (args, expected) => {
  expect(readArguments(args)).toEqual(expected);
});

describe('why it did not start', () => {
  test('exit code 2 is the policy, in its own words', () => {
    const problem = startProblem(2, 'lanyard: There is no policy.\n');
    expect(problem).toMatchObject({ code: 'not-set-up', administrator: 'There is no policy.' });
  });

  test('a policy that is missing is told apart from one that cannot be used', () => {
    expect(startProblem(2, `lanyard: There is no file ${NO_POLICY}`).user).toContain('not on this computer yet');
    expect(startProblem(2, 'lanyard: servers[0].url is no address').user).toContain('cannot be used');
  });

  test('anything else is not', () => {
    expect(startProblem(1, '').problem).toMatchObject({
      code: 'agent-not-started',
      administrator: 'The agent ended with 1.',
    });
    expect(startProblem(null, 'spawn /x ENOENT').administrator).toBe('spawn /x ENOENT');
  });

  test('a flood is cut off', () => {
    expect(startProblem(1, 'x'.repeat(1_000_000)).administrator.length).toBeLessThanOrEqual(2_000);
  });
});
