import type { AgentState, Check, ClientView, ServerView } from '../../shared/local-api.ts';
import { oneLine } from '../../shared/plain-text.ts';
import { STATUS_WORDS } from '../../shared/states.ts';

/** One line of what the agent says, see {@link oneLine}. */
export function line(text: string): string {
  return `${oneLine(text)}\n`;
}

/** Columns as wide as their widest cell, two spaces apart; no trailing blanks. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map(line)
    .join('');
}

/** Time until `at` in the largest unit that says enough: "45 s", "12 min", "3 h". */
export function formatUntil(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((at - now) / 1000));
  if (seconds < 90) return `${seconds} s`;
  return seconds < 90 * 60 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** What a server wants that only a new sign-in brings, be it for some calls or for the time after its access. */
function stepUpText({ work, signInAsked }: ServerView): string | undefined {
  const wish = signInAsked ?? (work.kind === 'blocked' && work.reason === 'step-up' ? work.cause : undefined);
  return wish && `${wish.user} Run: lanyard login`;
}

function reason(server: ServerView, now: number): string {
  const { token, work } = server;
  // Said once, and the same for all: who is signed in stands above.
  if (server.status === 'signed-out') return '';
  const stepUp = stepUpText(server);
  if (token.kind === 'valid') {
    const access = `access for ${formatUntil(token.expiresAt, now)}`;
    return stepUp === undefined ? access : `${access}; ${stepUp}`;
  }
  if (stepUp !== undefined) return stepUp;
  if (work.kind === 'blocked') return work.cause.user;
  return work.kind === 'backoff' ? `${work.cause.user} Next try in ${formatUntil(work.until, now)}.` : '';
}

function mintsText({ mints: { today, thisMonth, perMonth } }: ServerView): string {
  if (thisMonth === 0) return '';
  const times = today === 1 ? 'once' : `${today} times`;
  return `renewed ${today === 0 ? 'not' : times} today, ${thisMonth} of ${perMonth} this month`;
}

/** One line for each server: name, title, state, mints where there were any this month, and why. */
export function formatServers(servers: readonly ServerView[], now: number): string {
  if (servers.length === 0) return 'Your company has not approved any server yet.\n';
  const areMinted = servers.some((server) => mintsText(server) !== '');
  return formatTable(
    servers.map((server) => [
      server.name,
      server.title,
      STATUS_WORDS[server.status].toLowerCase(),
      ...(areMinted ? [mintsText(server)] : []),
      reason(server, now),
    ]),
  );
}

function entriesText({ entries, servers }: ClientView): string {
  return `${entries.join(', ')}${servers ? ` (only ${servers.join(', ')})` : ''}`;
}

/**
 * One line for each connected client.
 *
 * @param notes what there is to say of some of them, by id.
 */
export function formatClients(clients: readonly ClientView[], notes: ReadonlyMap<string, string> = new Map()): string {
  if (clients.length === 0) return 'No client is connected. Connect one with: lanyard client add claude-code\n';
  return formatTable(
    clients.map((client) => {
      const { id, title, file } = client;
      return [id, title, file ?? 'pasted by hand', entriesText(client), notes.get(id) ?? ''];
    }),
  );
}

/** What `lanyard status` shows. */
export function formatStatus(state: AgentState, now: number): string {
  const { session, company, agent, relay, vault, servers, clients } = state;
  const who =
    session.status === 'signed-in'
      ? `Signed in as ${session.name ?? session.email ?? session.subject}${session.name && session.email ? ` (${session.email})` : ''}`
      : 'Signed out. Sign in with: lanyard login';
  return [
    line(`${company.name}: ${who}`),
    ...(session.cause ? [line(`Problem: ${session.cause.user}`)] : []),
    ...agent.warnings.map((warning) => line(`Warning: ${warning}`)),
    ...(vault.problem ? [line(`Problem: ${vault.problem.user}`)] : []),
    '\n',
    formatServers(servers, now),
    '\n',
    line(
      `Relay at ${relay.url}, ${clients.length} ${clients.length === 1 ? 'client' : 'clients'} connected, agent ${agent.version} (process ${agent.pid}).`,
    ),
  ].join('');
}

const OUTCOME_SIGNS = { ok: '✓', warning: '!', failed: '✗' } as const;

/** What `lanyard doctor` shows. */
export function formatChecks(checks: readonly Check[]): string {
  return checks
    .map(({ name, outcome, detail, advice }) => {
      // A policy with several mistakes has a line for each; nothing else that is checked may make lines of its own.
      const [first = '', ...others] = name === 'policy' ? detail.split('\n') : [detail];
      const below = [...others, ...(advice === undefined || advice === detail ? [] : [advice])];
      return [`${OUTCOME_SIGNS[outcome]} ${name}: ${first}`, ...below.map((text) => `    ${text.trim()}`)]
        .map(line)
        .join('');
    })
    .join('');
}
