import { mkdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { type AgentActs, createLocalApi } from '../../../main/agent/local-api.ts';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import type { CliContext } from '../../../main/cli/context.ts';
import { runCommandLine } from '../../../main/cli/program.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { localPaths } from '../../../shared/paths.ts';
import { PRODUCT } from '../../../shared/product.ts';
import { GATEWAY } from '../../../shared/stdio-upgrade.ts';
import { temporaryFolder } from '../fixtures.ts';
import { agentState } from '../shared/agent-state.ts';

const ADDED = {
  client: { id: 'snippet-1', kind: 'snippet', title: 'Pasted entry', addedAt: 1, entries: ['lanyard-notes'] },
  snippet: '{"mcpServers":{}}',
  localKey: 'lk_key',
};

/** A person's command line, with an agent behind it where `acts` are given. */
async function commandLine({ acts, ...change }: Partial<CliContext> & { readonly acts?: Partial<AgentActs> } = {}) {
  const paths = localPaths(temporaryFolder(), 'linux');
  const texts = { out: '', err: '' };
  const context: CliContext = {
    paths,
    program: { file: '/opt/lanyard', args: [] },
    out: (text) => {
      texts.out += text;
    },
    err: (text) => {
      texts.err += text;
    },
    signal: new AbortController().signal,
    runAgent: async () => 0,
    checkPolicy: async () => 'A policy.',
    runShim: async () => 0,
    ...change,
  };
  if (acts) {
    mkdirSync(paths.state, { recursive: true });
    const all = { state: () => agentState(), doctor: async () => ({ checks: [] }), ...acts } as AgentActs;
    const listener = await openLocalListener(paths, createLocalApi(all), (_request, socket) => socket.destroy());
    onTestFinished(() => listener.close());
  }
  const run = (...args: string[]) => runCommandLine(args, context);
  return { run, texts };
}

test.each([['--version'], ['--help'], ['status', '--help'], ['client', 'add', '--help']])(
  '%s %s works and says so on stdout',
  async (...args) => {
    const { run, texts } = await commandLine();
    expect(await run(...args.filter(Boolean))).toBe(0);
    expect(texts.out).not.toBe('');
    expect(texts.err).toBe('');
  },
);

test.each([['login'], ['logout'], ['stdio'], ['agent'], ['client add']])(
  'the help of %s names no default that says nothing',
  async (words) => {
    const { run, texts } = await commandLine();
    await run(...words.split(' '), '--help');
    expect(texts.out).not.toMatch(/default: (""|false)/);
  },
);

test('only apps that have addresses are offered for a link', async () => {
  const { run, texts } = await commandLine();
  expect(await run('client', 'link', 'zed')).toBe(2);
  expect(texts.err).toContain('vscode, vscode-insiders, cursor, lm-studio');
});

test('the journal of a server that is not there is a mistake of usage', async () => {
  const { run, texts } = await commandLine({ acts: {} });
  expect(await run('journal', '--server', 'nope')).toBe(2);
  expect(texts.err).toContain('There is no server "nope". Approved servers: none.');
  expect(texts.out).toBe('');
});

test('the version is that of the product', async () => {
  const { run, texts } = await commandLine();
  await run('--version');
  expect(texts.out).toBe(`${PRODUCT.version}\n`);
});

test.each([
  [[]],
  [['dance']],
  [['status', '--xml']],
  [['status', 'more']],
  [['stdio', 'notes', 'tickets']],
  [['client']],
  [['client', 'add']],
  [['client', 'add', 'emacs']],
  [['client', 'add', 'snippet', '--transport', 'pigeon']],
  [['client', 'remove']],
  [['agent', '--policy']],
])('%j is a mistake of usage: exit code 2, on stderr, and nothing else happens', async (args) => {
  const called: string[] = [];
  const { run, texts } = await commandLine({
    runAgent: async () => called.push('agent'),
    runShim: async () => called.push('shim'),
  });
  expect(await run(...args)).toBe(2);
  expect(texts.err).not.toBe('');
  expect(texts.out).toBe('');
  expect(called).toEqual([]);
});

test.each([
  [['status'], 'lanyard: Lanyard is not running. The Lanyard app starts it, and so does signing in: lanyard login\n'],
  [['servers'], 'lanyard: Lanyard is not running.'],
  [['logout'], 'lanyard: Lanyard is not running.'],
  [['client', 'list'], 'lanyard: Lanyard is not running.'],
  [['client', 'add', 'snippet'], 'lanyard: Lanyard is not running.'],
  [['client', 'remove', 'snippet-1'], 'lanyard: Lanyard is not running.'],
])('%j without an agent: exit code 1 and a sentence, no stack', async (args, sentence) => {
  const { run, texts } = await commandLine();
  expect(await run(...args)).toBe(1);
  expect(texts.err).toContain(sentence);
  expect(texts.err).not.toMatch(/\n\s+at /);
  expect(texts.out).toBe('');
});

test.each([['status'], ['client list'], ['journal'], ['headers notes'], ['login']])(
  '%s without an agent where the policy is bad: both sentences about the policy, exit code 2',
  async (words) => {
    const problem = { code: 'policy-invalid', user: 'For the person.', administrator: 'For the administrator.' };
    const { run, texts } = await commandLine({
      program: { file: process.execPath, args: ['-e', 'process.exit(2)'] },
      checkPolicy: () => Promise.reject(new LanyardError(problem)),
    });
    expect(await run(...words.split(' '))).toBe(2);
    expect(texts.err).toBe('lanyard: For the person.\n(For the administrator.)\n');
  },
);

test('what is not the name of a client is a mistake of usage, told without an agent', async () => {
  const { run, texts } = await commandLine();
  expect(await run('client', 'remove', '../../x')).toBe(2);
  expect(texts.err).toContain('lanyard: "../../x" is not the name of a client.');
});

test.each(['unknown-client', 'unknown-server'])('%s is a mistake of usage, told to the person', async (code) => {
  const problem = { code, user: 'For the person.', administrator: 'For the administrator.' };
  const fail = () => Promise.reject(new LanyardError(problem));
  const { run, texts } = await commandLine({ acts: { removeClient: fail, addClient: fail } });
  expect(await run('client', 'remove', 'nobody')).toBe(2);
  expect(await run('client', 'add', 'snippet', '--server', 'nope')).toBe(2);
  expect(texts.err).toContain('lanyard: For the person.\n');
});

test.each([
  ['policy-invalid', 2],
  ['policy-managed', 2],
  ['policy-missing', 2],
  ['policy-unprotected', 2],
  ['policy-unreadable', 2],
  ['relay-port', 1],
  ['keychain-locked', 1],
])('an agent that cannot start for %s: exit code %i', async (code, exit) => {
  const problem = { code, user: 'For the person.', administrator: 'For the administrator.' };
  const { run, texts } = await commandLine({ runAgent: () => Promise.reject(new LanyardError(problem)) });
  expect(await run('agent')).toBe(exit);
  expect(texts.err).toContain('For the administrator.');
  expect(texts.err.includes('For the person.')).toBe(exit === 1);
});

test('a programming error is told with its text, exit code 1, no stack', async () => {
  const { run, texts } = await commandLine({ runAgent: () => Promise.reject(new TypeError('x is undefined')) });
  expect(await run('agent')).toBe(1);
  expect(texts.err).toBe('lanyard: Unexpected error: TypeError: x is undefined\n');
});

test('agent and shim get their options, and their exit codes are passed on', async () => {
  const called: unknown[] = [];
  const { run } = await commandLine({
    runAgent: async (options) => {
      called.push(options);
      return 0;
    },
    runShim: async (server, client) => {
      called.push([server, client]);
      return 1;
    },
  });
  expect(await run('agent', '--policy', 'p.json', '--insecure-file-key')).toBe(0);
  expect(await run('agent')).toBe(0);
  expect(await run('stdio', 'notes', '--client', 'vscode')).toBe(1);
  expect(await run('stdio', 'notes')).toBe(1);
  expect(await run('stdio')).toBe(1);
  expect(await run('stdio', '--client', 'vscode')).toBe(1);
  expect(called).toEqual([
    { policy: 'p.json', insecureFileKey: true },
    { policy: undefined, insecureFileKey: false },
    ['notes', 'vscode'],
    ['notes', undefined],
    [GATEWAY, undefined],
    [GATEWAY, 'vscode'],
  ]);
});

test('status, servers and clients are for people, and with --json for scripts', async () => {
  const { run, texts } = await commandLine({ acts: { apps: async () => ({ apps: [] }) } });
  const shown = async (...args: string[]) => {
    texts.out = '';
    expect(await run(...args)).toBe(0);
    return texts.out;
  };
  expect(await shown('status')).toContain('Example: Signed out.');
  expect(JSON.parse(await shown('status', '--json'))).toEqual(agentState());
  expect(await shown('servers')).toContain('not approved any server');
  expect(JSON.parse(await shown('servers', '--json'))).toEqual([]);
  expect(await shown('client', 'list')).toContain('No client is connected');
  expect(JSON.parse(await shown('client', 'list', '--json'))).toEqual([]);
});

test('client add asks for what was given, and shows what to paste with a word of care', async () => {
  const asked: unknown[] = [];
  const addClient: AgentActs['addClient'] = async (request) => {
    asked.push(request);
    return { ...ADDED, client: { ...ADDED.client } };
  };
  const { run, texts } = await commandLine({ acts: { addClient } });
  expect(await run('client', 'add', 'snippet', '--transport', 'stdio', '--server', 'notes', 'tickets')).toBe(0);
  expect(await run('client', 'add', 'snippet')).toBe(0);
  expect(asked).toEqual([{ kind: 'snippet', transport: 'stdio', servers: ['notes', 'tickets'] }, { kind: 'snippet' }]);
  expect(texts.out).toContain(ADDED.snippet);
  expect(texts.out).toContain('keep it private');
});

test.each([
  ['ok', 0],
  ['warning', 0],
  ['failed', 1],
] as const)('doctor with a check that is %s: exit code %i, and no error message', async (outcome, exit) => {
  const { run, texts } = await commandLine({
    acts: { doctor: async () => ({ checks: [{ name: 'policy', outcome, detail: 'D.' }] }) },
  });
  expect(await run('doctor')).toBe(exit);
  expect(texts.out).toContain('policy: D.');
  expect(texts.err).toBe('');
});

test('doctor without an agent says so and exits with 1', async () => {
  const { run, texts } = await commandLine();
  expect(await run('doctor', '--json')).toBe(1);
  expect(JSON.parse(texts.out)).toMatchObject({ checks: [{ name: 'agent', outcome: 'failed' }, { name: 'policy' }] });
});

test('doctor looks at one file where it is given one, without an agent', async () => {
  const asked: unknown[] = [];
  const { run, texts } = await commandLine({
    checkPolicy: async (file) => {
      asked.push(file);
      throw new LanyardError({ code: 'policy-invalid', user: 'U.', administrator: 'Two errors:\n  one\n  two' });
    },
  });
  expect(await run('doctor', '--policy', 'p.json')).toBe(2);
  expect(asked).toEqual(['p.json']);
  expect(texts.out).toBe('✗ policy: Two errors:\n    one\n    two\n');
});

test("the agent's problem reaches the person, with the administrator's sentence", async () => {
  const problem = { code: 'vault-write', user: 'Disk full.', administrator: 'ENOSPC.' };
  const { run, texts } = await commandLine({ acts: { signOut: () => Promise.reject(new LanyardError(problem)) } });
  expect(await run('logout')).toBe(1);
  expect(texts.err).toBe('lanyard: Disk full.\n(ENOSPC.)\n');
});
