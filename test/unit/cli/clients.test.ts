import { mkdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { type AgentActs, createLocalApi } from '../../../main/agent/local-api.ts';
import { openLocalListener } from '../../../main/agent/local-listener.ts';
import type { CliContext } from '../../../main/cli/context.ts';
import { formatApps } from '../../../main/cli/format-apps.ts';
import { runCommandLine } from '../../../main/cli/program.ts';
import type { AppView } from '../../../shared/app-views.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { localPaths } from '../../../shared/paths.ts';
import { temporaryFolder } from '../fixtures.ts';
import { agentState } from '../shared/agent-state.ts';

function app(parts: Partial<AppView> & Pick<AppView, 'kind' | 'title'>): AppView {
  return {
    isFound: true,
    file: `/home/ada/${parts.kind}`,
    status: 'not-connected',
    transport: 'http',
    transports: ['http', 'stdio'],
    gateway: false,
    changes: [],
    afterwards: 'Start it again.',
    alsoServes: [],
    ...parts,
  };
}

const PROBLEM = { code: 'client-file', user: 'The file cannot be edited: line 2, column 3.', administrator: 'A.' };
const APPS: readonly AppView[] = [
  app({ kind: 'claude-code', title: 'Claude Code', status: 'connected', client: 'claude-code' }),
  app({
    kind: 'codex',
    title: 'Codex',
    status: 'changed',
    client: 'codex',
    changes: ['The entry "lanyard-notes" was edited.'],
  }),
  app({ kind: 'cursor', title: 'Cursor' }),
  app({ kind: 'goose', title: 'goose', status: 'unreadable', problem: PROBLEM }),
  app({ kind: 'kiro', title: 'Kiro', status: 'not-allowed' }),
  app({ kind: 'amp', title: 'Amp', isFound: false }),
  app({ kind: 'zed', title: 'Zed' }),
];

const PLAN = { file: '/f', exists: true, transport: 'http', gateway: false, text: 'lk_…\n', backup: '/b' } as const;

/** A person's command line with an agent behind it, that notes what it is asked. */
async function commandLine(acts: Partial<AgentActs> = {}, apps: readonly AppView[] = APPS) {
  const paths = localPaths(temporaryFolder(), 'linux');
  const texts = { out: '', err: '' };
  const asked: unknown[] = [];
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
  };
  mkdirSync(paths.state, { recursive: true });
  const all = {
    state: () => agentState(),
    apps: async () => ({ apps: [...apps] }),
    planConnection: async (kind, request) => {
      asked.push(['plan', kind, request]);
      return PLAN;
    },
    addClient: async (request) => {
      asked.push(request);
      const client = { id: request.kind, kind: request.kind, title: request.kind, addedAt: 1, file: '/f', entries: [] };
      return { client, snippet: '', afterwards: `Start ${request.kind} again.` };
    },
    ...acts,
  } as Partial<AgentActs> as AgentActs;
  const listener = await openLocalListener(paths, createLocalApi(all), (_request, socket) => socket.destroy());
  onTestFinished(() => listener.close());
  return { run: (...args: string[]) => runCommandLine(['client', ...args], context), texts, asked };
}

test('an app is connected as was asked, and the person reads what to do then', async () => {
  const { run, texts, asked } = await commandLine();
  expect(await run('add', 'zed')).toBe(0);
  expect(texts.out).toBe('Connected zed:  in /f\nStart zed again.\n');
  await run('add', 'zed', '--transport', 'stdio', '--gateway');
  await run('add', 'zed', '--no-gateway', '--server', 'notes');
  expect(asked).toEqual([
    { kind: 'zed' },
    { kind: 'zed', transport: 'stdio', gateway: true },
    { kind: 'zed', gateway: false, servers: ['notes'] },
  ]);
});

test('all that were found are those that are allowed and not connected; what somebody changed stays theirs', async () => {
  const whole = APPS.filter(({ kind }) => kind !== 'goose');
  const { run, texts, asked } = await commandLine({}, whole);
  expect(await run('add', '--found', '--transport', 'stdio')).toBe(0);
  expect(asked).toEqual([
    { kind: 'cursor', transport: 'stdio' },
    { kind: 'zed', transport: 'stdio' },
  ]);
  expect(texts).toEqual({
    out: 'Connected cursor:  in /f\nStart cursor again.\nConnected zed:  in /f\nStart zed again.\n',
    err: '',
  });
});

test('one that fails is told and makes the command fail, after the others', async () => {
  const { run, texts, asked } = await commandLine({
    addClient: async ({ kind }) => {
      asked.push(kind);
      if (kind === 'cursor') throw new LanyardError({ code: 'client-file', user: 'No.', administrator: 'N.' });
      return { client: { id: kind, kind, title: 'T', addedAt: 1, file: '/f', entries: ['e'] }, snippet: '' };
    },
  });
  expect(await run('add', '--found', '--json')).toBe(1);
  expect(asked).toEqual(['cursor', 'zed']);
  expect(JSON.parse(texts.out)).toEqual([expect.objectContaining({ client: expect.objectContaining({ id: 'zed' }) })]);
  expect(texts.err).toBe(`goose: ${PROBLEM.user}\nCursor: No.\n`);
});

test('where nothing waits, that is said and fine', async () => {
  const { run, texts } = await commandLine({}, []);
  expect(await run('add', '--found')).toBe(0);
  expect(texts.out).toBe('There is no app to connect.\n');
});

test('a dry run prints the plan and connects nothing', async () => {
  const { run, texts, asked } = await commandLine();
  expect(await run('add', 'zed', '--dry-run', '--gateway')).toBe(0);
  expect(texts.out).toBe('Would add to /f:\n\nlk_…\n\nThe file as it is now would be kept in /b.\n');
  // One of the apps that are here has a file that cannot be edited.
  expect(await run('add', '--found', '--dry-run', '--json')).toBe(1);
  expect(asked).toEqual([
    ['plan', 'zed', { gateway: true }],
    ['plan', 'cursor', {}],
    ['plan', 'zed', {}],
  ]);
});

test.each([
  [['add']],
  [['add', 'zed', '--found']],
  [['add', 'snippet', '--dry-run']],
  [['add', 'zed', '--gateway=yes']],
])('%j is a mistake of usage', async (args) => {
  const { run, texts, asked } = await commandLine();
  expect(await run(...args)).toBe(2);
  expect(texts.out).toBe('');
  expect(texts.err).not.toBe('');
  expect(asked).toEqual([]);
});

test.each([
  ['app-not-allowed', 2],
  ['app-transport', 2],
  ['client-file', 1],
])('%s ends with %i', async (code, exit) => {
  const { run } = await commandLine({
    addClient: () => Promise.reject(new LanyardError({ code, user: 'U.', administrator: 'A.' })),
  });
  expect(await run('add', 'zed')).toBe(exit);
});

test('a dry run of all apps names those that could not be connected, and ends with 1', async () => {
  const { run, texts } = await commandLine({
    planConnection: async (kind) => {
      if (kind === 'cursor') throw new LanyardError(PROBLEM);
      return PLAN;
    },
  });
  expect(await run('add', '--found', '--dry-run')).toBe(1);
  expect(texts.out).toContain('Would add to /f:');
  expect(texts.err).toBe(`goose: ${PROBLEM.user}\nCursor: ${PROBLEM.user}\n`);
  expect(await run('add', 'cursor', '--dry-run')).toBe(1);
});

test('the list shows what is connected, then every other app that is here, and none twice', async () => {
  const common = { addedAt: 1, file: '/f', entries: ['lanyard-notes'] };
  const clients = [
    { ...common, id: 'claude-code', kind: 'claude-code', title: 'Claude Code' },
    { ...common, id: 'codex', kind: 'codex', title: 'Codex' },
  ];
  const { run, texts } = await commandLine({ state: () => agentState({ clients }) });
  expect(await run('list')).toBe(0);
  expect(texts.out).toContain('\nOther apps on this computer:\n');
  const [connected, others = ''] = texts.out.split('\nOther apps on this computer:\n');
  expect(connected).toBe(
    'claude-code  Claude Code  /f  lanyard-notes\n' +
      'codex        Codex        /f  lanyard-notes  changed: The entry "lanyard-notes" was edited. To write it anew: lanyard client add codex\n',
  );
  expect(others.split('\n').map((line) => line.split(' ')[0])).toEqual(['cursor', 'goose', 'kiro', 'zed', '']);
  texts.out = '';
  expect(await run('list', '--apps', '--json')).toBe(0);
  expect(JSON.parse(texts.out)).toEqual(APPS);
});

test('each app says how it stands', () => {
  expect(formatApps(APPS)).toBe(
    [
      'claude-code  Claude Code  connected',
      'codex        Codex        changed                      The entry "lanyard-notes" was edited. To write it anew: lanyard client add codex',
      'cursor       Cursor       not connected',
      'goose        goose        file cannot be edited        The file cannot be edited: line 2, column 3.',
      'kiro         Kiro         not allowed by your company',
      'amp          Amp          not connected                not on this computer',
      'zed          Zed          not connected',
      '',
    ].join('\n'),
  );
});
