import type { AppView, ConnectionPlan } from '../../shared/app-views.ts';
import type { Journal, JournalEntry, ServerTools } from '../../shared/journal-views.ts';
import type { AgentState, ClientView, ServerView } from '../../shared/local-api.ts';
import { server, signedIn, signedOut } from '../unit/desktop/states.ts';

// A company, and a morning in it, for whoever plays the agent.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const now = Date.now();
const problem = (code: string, user: string, administrator: string) => ({ code, user, administrator });
const used = (callsToday: number, minutesAgo: number) => ({ callsToday, lastUsedAt: now - minutesAgo * MINUTE_MS });
const token = { kind: 'valid', expiresAt: now + 42 * MINUTE_MS } as const;
const scopes = ['read', 'write'];

/** What the administrator reads about Payroll. */
export const DENIED = problem(
  'access-denied',
  'Your company has not given you access to Payroll. Ask your administrator if you need it.',
  'The identity provider answered access_denied. Assign the person, or a group of theirs, to Payroll at the identity provider.',
);

const servers: readonly ServerView[] = [
  server('notes', 'ready', { token, scopes, use: used(31, 4) }),
  server('tickets', 'ready', { token, scopes, use: used(12, 47) }),
  server('wiki', 'idle', { scopes: ['read'], use: { callsToday: 0, lastUsedAt: now - 20 * HOUR_MS } }),
  server('payroll', 'denied', { work: { kind: 'blocked', reason: 'denied', cause: DENIED }, use: { callsToday: 0 } }),
];

const app = (kind: AppView['kind'], title: string, more: Partial<AppView> = {}): AppView => ({
  kind,
  title,
  isFound: true,
  file: `/home/alice/.${kind}/mcp.json`,
  status: 'not-connected',
  transport: 'http',
  transports: ['http', 'stdio'],
  gateway: false,
  changes: [],
  afterwards: `Quit ${title} and open it again.`,
  alsoServes: [],
  ...more,
});

const client = (id: string, kind: AppView['kind'], title: string, use: ClientView['use']): ClientView => ({
  id,
  kind,
  title,
  addedAt: now - 5 * MINUTE_MS,
  file: `/home/alice/.${kind}/mcp.json`,
  entries: ['lanyard-notes', 'lanyard-tickets', 'lanyard-wiki'],
  ...(use && { use }),
});

/** The connected apps. */
export const CLIENTS: readonly ClientView[] = [
  client('c-1', 'claude-code', 'Claude Code', used(43, 4)),
  client('c-2', 'claude-desktop', 'Claude Desktop', { callsToday: 0 }),
];

/** VS Code, before and after it was connected. */
export const VSCODE = app('vscode', 'VS Code', { file: '/home/alice/.config/Code/User/mcp.json' });

/** The apps of the computer on a good day. */
export const APPS: readonly AppView[] = [
  app('claude-code', 'Claude Code', { status: 'connected', client: 'c-1' }),
  app('claude-desktop', 'Claude Desktop', {
    status: 'connected',
    client: 'c-2',
    transport: 'stdio',
    alsoServes: ['Cowork'],
  }),
  VSCODE,
  app('cursor', 'Cursor'),
  app('windsurf', 'Windsurf', { isFound: false }),
  app('zed', 'Zed', { isFound: false }),
  app('codex', 'Codex', { isFound: false }),
];

/** Apps whose files somebody else wrote into, or that policy does not offer. */
export const TROUBLED_APPS: readonly AppView[] = [
  app('cursor', 'Cursor', {
    status: 'changed',
    client: 'c-3',
    changes: ['The entry “lanyard-notes” is gone.', 'The entry “lanyard-wiki” has another address.'],
  }),
  app('zed', 'Zed', {
    status: 'unreadable',
    problem: problem(
      'client-file-unreadable',
      "Zed's settings file has a mistake in line 12, column 3, so Lanyard leaves it alone. Mend it, and try again.",
      '/home/alice/.zed/mcp.json, line 12, column 3: a comma is missing.',
    ),
  }),
  app('windsurf', 'Windsurf', { status: 'not-allowed' }),
];

/** What connecting VS Code would write. */
export const PLAN: ConnectionPlan = {
  file: VSCODE.file,
  exists: true,
  transport: 'http',
  gateway: false,
  text: `"lanyard-notes": {
  "type": "http",
  "url": "http://127.0.0.1:5693/notes/mcp",
  "headers": { "Lanyard-Key": "lk_…" }
}`,
  backup: '/home/alice/.local/state/lanyard/backups/vscode/mcp.json',
};

const tool = (name: string, title: string, isReadOnly: boolean, isAllowed = true) => ({
  name,
  title,
  description: `${title}, with everything that belongs to it.`,
  isReadOnly,
  isAllowed,
});

/** The tools of Notes. */
export const TOOLS: ServerTools = {
  listedAt: now - HOUR_MS,
  tools: [
    tool('search_notes', 'Search notes', true),
    tool('get_note', 'Read a note', true),
    tool('create_note', 'Write a note', false),
    tool('delete_note', 'Delete a note', false, false),
    ...Array.from({ length: 8 }, (_, index) => tool(`get_list_${index}`, `Read list ${index + 1}`, true)),
  ],
};

const events: readonly [minutesAgo: number, event: string, fields: JournalEntry['fields'], level?: 'warn'][] = [
  [190, 'signed-in', {}],
  [189, 'grant-ready', { server: 'notes', renewed: true }],
  [189, 'grant-failed', { server: 'payroll', code: 'access-denied', problem: DENIED.user }, 'warn'],
  [150, 'client-added', { client: 'c-1' }],
  [96, 'call', { client: 'c-1', server: 'notes', method: 'tools/list', status: 200, durationMs: 82 }],
  [
    95,
    'call',
    { client: 'c-1', server: 'notes', method: 'tools/call', name: 'search_notes', status: 200, durationMs: 240 },
  ],
  [48, 'grant-ready', { server: 'tickets', renewed: true }],
  [
    47,
    'call',
    { client: 'c-1', server: 'tickets', method: 'tools/call', name: 'create_ticket', status: 200, durationMs: 1240 },
  ],
  [
    21,
    'call',
    {
      client: 'c-1',
      server: 'notes',
      method: 'tools/call',
      name: 'delete_note',
      status: 200,
      refused: 'denied',
      durationMs: 2,
    },
  ],
  [6, 'call', { client: 'c-1', server: 'notes', method: 'tools/call', name: 'get_note', status: 200, durationMs: 96 }],
  [5, 'client-added', { client: 'c-2' }],
  [
    4,
    'call',
    { client: 'c-1', server: 'notes', method: 'tools/call', name: 'create_note', status: 200, durationMs: 310 },
  ],
];

const calls = [0, 0, 0, 0, 0, 0, 0, 0, 3, 18, 25, 31, 8, 22, 40, 36, 12, 4, 0, 0, 0, 9, 14, 12];
const failed = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 4, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const mints = [0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 2, 0, 1, 2, 0, 1, 0, 0, 0, 0, 0, 3, 0, 1];
const presentHour = now - (now % HOUR_MS);

/** What happened this morning, and in the 24 hours before. */
export const JOURNAL: Journal = {
  entries: events.map(([minutesAgo, event, fields, level], index) => ({
    id: index + 1,
    at: now - minutesAgo * MINUTE_MS,
    level: level ?? 'info',
    event,
    fields,
  })),
  hours: calls.map((count, index) => ({
    at: presentHour - (23 - index) * HOUR_MS,
    calls: count,
    failed: failed[index] ?? 0,
    mints: mints[index] ?? 0,
  })),
};

/** One call more, as news. */
export function newCall(id: number, name: string): JournalEntry {
  const fields = { client: 'c-1', server: 'notes', method: 'tools/call', name, status: 200, durationMs: 50 };
  return { id, at: now, level: 'info', event: 'call', fields };
}

/** The hour that news are told with. */
export const PRESENT_HOUR = { at: presentHour, calls: 13, failed: 1, mints: 1 };

/** The agent on that morning. */
export const WORKING_DAY: AgentState = signedIn([], {
  agent: { ...signedOut().agent, program: { file: '/opt/Lanyard/resources/lanyard/lanyard', args: [] } },
  company: { ...signedOut().company, name: 'Example Company' },
  servers: [...servers],
  clients: [...CLIENTS],
});

/** The same company before anybody has signed in. */
export const BEFORE_SIGN_IN: AgentState = signedOut({
  company: WORKING_DAY.company,
  servers: ['notes', 'tickets', 'wiki', 'payroll'].map((name) => server(name, 'signed-out')),
});

/** A sign-in in the browser, waited for. */
export const WAITING: AgentState = {
  ...BEFORE_SIGN_IN,
  signIn: {
    attempt: 'a-1',
    method: 'browser',
    phase: 'waiting',
    url: 'https://idp.company.example/authorize',
    expiresAt: now + 5 * MINUTE_MS,
  },
};

/** What the agent answers on that morning. */
export const ANSWERS = {
  'GET /v1/apps': { apps: APPS },
  'POST /v1/apps/vscode/plan': PLAN,
  'GET /v1/servers/notes/tools': TOOLS,
  'GET /v1/journal': JOURNAL,
};
