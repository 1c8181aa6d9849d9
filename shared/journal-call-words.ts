import type { JournalEntry } from './journal-views.ts';

/** How much a line wants to be noticed. `quiet` is what happens all day long. */
export type JournalTone = 'quiet' | 'good' | 'warning' | 'bad';

/** One line of the journal as people read it. */
export interface JournalLine {
  /** One line, without time and without a full stop. */
  readonly text: string;
  readonly tone: JournalTone;
  /** What is exact and for the administrator, on one line; absent where there is no more to say. */
  readonly detail?: string;
}

/** Who was there and what was done, in words. */
export interface CallWords {
  /** Title of the client. */
  readonly client: string;
  /** Title of the server. */
  readonly server: string;
}

/** HTTP statuses from here on are failures (RFC 9110 section 15). */
const FIRST_FAILURE = 400;

const LISTS: Readonly<Record<string, string>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resources',
};

/** Why the rules of policy refused a call; see `tools` in the policy. */
const REFUSALS: Readonly<Record<string, string>> = {
  denied: 'your company does not allow this tool',
  'not-allowed': 'your company does not allow this tool',
  'not-read-only': 'your company allows only tools that change nothing',
};

/** Codes of faults by which somebody decided, and nothing is broken. */
const DENIAL = /access[-_]denied$|^scope-not-granted$/;

/** Whether a fault's code says that the person has not been given something. */
export function isDenial(code: string): boolean {
  return DENIAL.test(code);
}

/** What clients say to servers by themselves, and nobody waits for. */
const ROUTINE_METHODS: ReadonlySet<string> = new Set(['initialize', 'server/discover', 'subscriptions/listen', 'ping']);

/** Why there was no answer, for the faults that people meet; `undefined` for all others. */
const FAULTS: Readonly<Record<string, string>> = {
  'signed-out': 'nobody is signed in',
  'session-ended': 'the sign-in had ended',
  'server-step-up': 'it needs a stronger or more recent sign-in',
  'call-ended': 'the connection broke off',
  'network-connection': 'it could not be reached',
  'network-name': 'it could not be reached',
  'network-timeout': 'it did not answer in time',
  'network-tls': 'its certificate was not accepted',
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function withoutMethod(verb: string | undefined, { client, server }: CallWords): string {
  if (verb === 'GET') return `${client} listened to ${server}`;
  if (verb === 'DELETE') return `${client} ended its conversation with ${server}`;
  return `${client} sent a message to ${server}`;
}

/** What a client did, as a sentence without its end. */
function deed({ fields }: JournalEntry, words: CallWords): string {
  const { client, server } = words;
  const method = text(fields.method);
  const name = text(fields.name);
  if (method === undefined) return withoutMethod(text(fields.verb), words);
  const list = LISTS[method];
  if (list !== undefined) return `${client} asked ${server} for its ${list}`;
  switch (method) {
    case 'tools/call':
      return `${client} called ${name ?? 'a tool'} on ${server}`;
    case 'prompts/get':
      return `${client} took ${name === undefined ? 'a prompt' : `the prompt ${name}`} from ${server}`;
    case 'resources/read':
      return `${client} read ${name ?? 'a resource'} from ${server}`;
    case 'initialize':
    case 'server/discover':
      return `${client} opened a conversation with ${server}`;
    case 'subscriptions/listen':
      return `${client} listened to ${server}`;
    case 'ping':
      return `${client} asked whether ${server} is there`;
    default:
      return method.startsWith('notifications/')
        ? `${client} sent a notification to ${server}`
        : `${client} sent ${method} to ${server}`;
  }
}

/** Why the call failed, in a few words; `undefined` where it did not. */
function failure({ fields }: JournalEntry): string | undefined {
  const refused = text(fields.refused);
  if (refused !== undefined) return REFUSALS[refused] ?? 'your company does not allow it';
  const fault = text(fields.fault);
  const status = typeof fields.status === 'number' ? fields.status : 0;
  if (fault !== undefined && isDenial(fault)) return 'your company has not given you access';
  if (fault !== undefined) return FAULTS[fault] ?? 'there was no answer';
  if (status === 0) return 'given up by the app';
  return status >= FIRST_FAILURE ? `failed with HTTP status ${status}` : undefined;
}

/** Whether a call failed: its HTTP status is 400 or above, it got no answer, or a rule refused it. */
export function isFailedCall(fields: {
  readonly refused?: unknown;
  readonly fault?: unknown;
  readonly status?: unknown;
}): boolean {
  if (fields.refused !== undefined || fields.fault !== undefined) return true;
  return typeof fields.status === 'number' && fields.status >= FIRST_FAILURE;
}

/**
 * Whether an entry is a call that worked and that nobody asked for: a conversation opened or ended, a notification,
 * somebody listening, a ping, a server asked for its lists. That a denied server lists nothing is no news either: the
 * view of servers says it all the time.
 */
export function isRoutine({ event, fields }: JournalEntry): boolean {
  if (event !== 'call') return false;
  const method = text(fields.method);
  const isList = method !== undefined && LISTS[method] !== undefined;
  if (isFailedCall(fields)) return isList && isDenial(text(fields.fault) ?? '');
  if (method === undefined) return true;
  return isList || ROUTINE_METHODS.has(method) || method.startsWith('notifications/');
}

/** "250 ms", "1.4 s", "12 s", "3 min". */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** The line of an entry `call`: "Claude Code called create_issue on Linear · 120 ms". */
export function describeCall(entry: JournalEntry, words: CallWords): JournalLine {
  const { fields } = entry;
  const why = failure(entry);
  const lasted = typeof fields.durationMs === 'number' ? formatDuration(fields.durationMs) : undefined;
  // How long a failure took helps nobody; why it failed does.
  const more = why ?? lasted;
  return {
    text: more === undefined ? deed(entry, words) : `${deed(entry, words)} · ${more}`,
    tone: isFailedCall(fields) ? 'warning' : 'quiet',
  };
}
