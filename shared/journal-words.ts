import { APP_KINDS, APP_TITLES } from './app-kinds.ts';
import { describeCall, isDenial, type JournalLine, type JournalTone } from './journal-call-words.ts';
import type { JournalEntry } from './journal-views.ts';
import { oneLine } from './plain-text.ts';
import { PRODUCT } from './product.ts';

export { isRoutine, type JournalLine, type JournalTone } from './journal-call-words.ts';

/** How servers and clients are called; `undefined` where they are not known any more. */
export interface JournalTitles {
  serverTitle(name: string): string | undefined;
  clientTitle(id: string): string | undefined;
}

/** What an entry names, with titles. */
interface Named {
  readonly client: string;
  readonly server: string;
  /** The administrator's sentence that the entry holds; empty where it holds none. */
  readonly detail: string;
  readonly fields: JournalEntry['fields'];
}

/** Clients that nobody connected: one that gave the shim no name, and Lanyard itself, which reads servers' lists. */
const OTHER_CLIENTS: Readonly<Record<string, string>> = { '': 'An app', stdio: 'An app', lanyard: PRODUCT.name };

/** Why Lanyard has no access to a server, by the fault's code; the administrator's reason is the line's detail. */
function grantFailure({ server, fields }: Named): string {
  const code = String(fields.code);
  if (code === 'scope-not-granted') return `Your company has not allowed you all that ${server} asks for`;
  if (isDenial(code)) return `Your company has not given you access to ${server}`;
  if (code.endsWith('step-up')) return `${server} needs a stronger or more recent sign-in`;
  if (code === 'signed-out' || code === 'session-ended') return `Access to ${server} waits for a sign-in`;
  return `Lanyard could not get access to ${server}`;
}

/** An agent without a policy is no fault of anybody's: the machine is not set up yet. */
function startFailure({ fields }: Named): readonly [text: string, tone: JournalTone] {
  const code = String(fields.code);
  if (code === 'policy-missing') return ['Lanyard was not set up yet', 'quiet'];
  if (code.startsWith('policy-')) return ["Your company's policy could not be used", 'bad'];
  return ['Lanyard could not start', 'bad'];
}

type Words = (named: Named) => readonly [text: string, tone: JournalTone];

/** By the event's name. */
const EVENTS: Readonly<Record<string, Words>> = {
  'grant-ready': ({ server, fields }) => [`Access to ${server} ${fields.renewed ? 'was renewed' : 'is ready'}`, 'good'],
  'grant-failed': (named) => [grantFailure(named), 'warning'],
  'grant-not-kept': ({ server }) => [`Access to ${server} could not be saved`, 'bad'],
  'step-up-asked': ({ server }) => [`${server} asked for a stronger or more recent sign-in`, 'warning'],
  'token-refused': ({ server }) => [`${server} did not accept its access, which is made anew`, 'warning'],
  'mints-thin': ({ server }) => [`Access to ${server} is renewed less often`, 'warning'],
  'mint-not-counted': () => ['The count of renewals could not be saved', 'warning'],
  'sign-in-started': () => ['A sign-in was started', 'quiet'],
  'signed-in': () => ['Signed in', 'good'],
  'signed-out': () => ['Signed out', 'quiet'],
  'sign-in-ended': (named) =>
    named.fields.code === 'sign-in-cancelled'
      ? ['The sign-in was cancelled', 'quiet']
      : ['The sign-in did not succeed', 'warning'],
  'sign-in-needed': () => ['A new sign-in is needed', 'warning'],
  'sign-in-wanted': ({ client, server }) => [`${client} waits for a sign-in to use ${server}`, 'warning'],
  'session-renewed': () => ['The sign-in was renewed', 'quiet'],
  'session-ended': () => ['The sign-in has ended', 'warning'],
  'session-renewal-failed': () => ['The sign-in could not be renewed', 'warning'],
  'session-unsaved': () => ['The sign-in could not be saved', 'bad'],
  'client-added': ({ client }) => [`${client} was connected`, 'good'],
  'client-removed': ({ client }) => [`${client} was disconnected`, 'quiet'],
  'client-renewed': ({ client, fields }) => [
    `The entries of ${client} were brought up to date${fields.newKey ? ', with a new key' : ''}`,
    'quiet',
  ],
  'client-not-renewed': ({ client, fields }) => [
    fields.why === 'changed'
      ? `The entries of ${client} are out of date and stay so, since somebody changed them`
      : `The entries of ${client} are out of date, and its file could not be edited`,
    'warning',
  ],
  'lists-cut': ({ server }) => [`${server} lists more than is shown`, 'quiet'],
  'lists-dropped': ({ server }) => [`What ${server} lists is too much to be kept`, 'warning'],
  'lists-not-read': () => ['What servers listed before could not be read', 'warning'],
  'lists-not-written': () => ['What servers list could not be saved', 'warning'],
  'tally-not-read': () => ['The counts of use could not be read', 'warning'],
  'tally-not-written': () => ['The counts of use could not be saved', 'warning'],
  'tally-set-aside': () => ['The counts of use were damaged and begin anew', 'warning'],
  'wrong-local-key': () => ['A program showed a key that Lanyard does not know, and was turned away', 'warning'],
  'agent-ready': () => ['Lanyard started', 'quiet'],
  'agent-stopping': () => ['Lanyard stopped', 'quiet'],
  'agent-failed': startFailure,
  woke: () => ['The computer woke up', 'quiet'],
  'network-changed': () => ['The network changed', 'quiet'],
  'vault-opened': () => ['The vault was opened', 'good'],
  'vault-unavailable': () => ['The vault could not be opened', 'bad'],
  'vault-restored': () => ['The vault was restored from the copy before its last change', 'warning'],
  'vault-set-aside': () => ['The vault could not be decrypted and was set aside', 'bad'],
  'relay-port-taken': () => ['Another program holds the port of the relay', 'warning'],
  'older-program': () => ['A program of an older version of Lanyard is running', 'quiet'],
  'insecure-file-key': () => ["The vault's key lies in a plain file", 'warning'],
  'internal-error': () => ['Something went wrong in Lanyard', 'bad'],
};

const TONES: Readonly<Record<JournalEntry['level'], JournalTone>> = {
  debug: 'quiet',
  info: 'quiet',
  warn: 'warning',
  error: 'bad',
};

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** An event that has no words here, as one of a newer agent: its name says most of it. */
function plainWords(entry: JournalEntry, { detail, server }: Named): JournalLine {
  const name = capital(entry.event.replaceAll('-', ' '));
  const about = entry.fields.server === undefined ? name : `${name} (${server})`;
  return { text: detail === '' ? about : `${about}: ${detail}`, tone: TONES[entry.level] };
}

/**
 * An entry of the journal in plain words, without its time: "Claude Code called create_issue on Linear · 120 ms",
 * "Access to Linear was renewed". Every entry gets some, also of events that are not known here. Names and reasons in it
 * come from clients and servers: see {@link oneLine}.
 */
export function describeEntry(entry: JournalEntry, titles: JournalTitles): JournalLine {
  const { text, tone, detail } = inWords(entry, titles);
  return { text: oneLine(text), tone, ...(detail !== undefined && { detail: oneLine(detail) }) };
}

function inWords(entry: JournalEntry, titles: JournalTitles): JournalLine {
  const { fields, event } = entry;
  const clientId = String(fields.client ?? '');
  const serverName = String(fields.server ?? '');
  const other = Object.hasOwn(OTHER_CLIENTS, clientId) ? OTHER_CLIENTS[clientId] : undefined;
  // One that was disconnected has no title any more; an app's id is its kind.
  const kind = APP_KINDS.find((one) => one === clientId);
  const client = titles.clientTitle(clientId) ?? other ?? (kind && APP_TITLES[kind]) ?? clientId;
  const server = titles.serverTitle(serverName) ?? (serverName === '' ? 'a server' : serverName);
  if (event === 'call') return describeCall(entry, { client, server });
  const detail = String(fields.detail ?? fields.problem ?? '');
  const named: Named = { client, server, detail, fields };
  const words = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  if (!words) return plainWords(entry, named);
  const [text, tone] = words(named);
  return { text: capital(text), tone, ...(detail !== '' && { detail }) };
}
