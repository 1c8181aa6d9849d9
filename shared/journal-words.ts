import { describeCall, type JournalLine, type JournalTone } from './journal-call-words.ts';
import type { JournalEntry } from './journal-views.ts';
import { PRODUCT } from './product.ts';

export type { JournalLine, JournalTone } from './journal-call-words.ts';

/** How servers and clients are called; `undefined` where they are not known any more. */
export interface JournalTitles {
  serverTitle(name: string): string | undefined;
  clientTitle(id: string): string | undefined;
}

/** What an entry names, with titles. */
interface Named {
  readonly client: string;
  readonly server: string;
  /** The sentence that the entry holds; empty where it holds none. */
  readonly detail: string;
  readonly fields: JournalEntry['fields'];
}

/** Clients that nobody connected: one that gave the shim no name, and Lanyard itself, which reads servers' lists. */
const OTHER_CLIENTS: Readonly<Record<string, string>> = { '': 'An app', stdio: 'An app', lanyard: PRODUCT.name };

/** Codes of faults by which somebody decided, and nothing is broken. */
const DENIED = /access[-_]denied$|^scope-not-granted$/;

/** The sentence, and the reason where the entry holds one; that begins with the server's title sometimes, as this does. */
function why(sentence: string, { detail, server }: Named): string {
  const reason = detail.startsWith(`${server}: `) ? detail.slice(server.length + 2) : detail;
  return reason === '' ? sentence : `${sentence}: ${reason}`;
}

type Words = (named: Named) => readonly [text: string, tone: JournalTone];

/** By the event's name. */
const EVENTS: Readonly<Record<string, Words>> = {
  'grant-ready': ({ server }) => [`Access to ${server} was renewed`, 'good'],
  'grant-failed': (named) =>
    DENIED.test(String(named.fields.code))
      ? [why(`${named.server} denied access`, named), 'warning']
      : [why(`Access to ${named.server} could not be renewed`, named), 'warning'],
  'grant-not-kept': (named) => [why(`Access to ${named.server} could not be saved`, named), 'bad'],
  'step-up-asked': ({ server }) => [`${server} asked for a stronger or more recent sign-in`, 'warning'],
  'token-refused': ({ server }) => [`${server} did not accept its access, which is made anew`, 'warning'],
  'mints-thin': (named) => [why(`Access to ${named.server} is renewed less often`, named), 'warning'],
  'mint-not-counted': (named) => [why('The count of renewals could not be saved', named), 'warning'],
  'sign-in-started': () => ['A sign-in was started', 'quiet'],
  'signed-in': () => ['Signed in', 'good'],
  'signed-out': () => ['Signed out', 'quiet'],
  'sign-in-ended': (named) =>
    named.fields.code === 'sign-in-cancelled'
      ? ['The sign-in was cancelled', 'quiet']
      : [why('The sign-in did not succeed', named), 'warning'],
  'sign-in-needed': (named) => [why('A new sign-in is needed', named), 'warning'],
  'sign-in-wanted': ({ client, server }) => [`${client} waits for a sign-in to use ${server}`, 'warning'],
  'session-renewed': () => ['The sign-in was renewed', 'quiet'],
  'session-ended': (named) => [why('The sign-in has ended', named), 'warning'],
  'session-renewal-failed': (named) => [why('The sign-in could not be renewed', named), 'warning'],
  'session-unsaved': (named) => [why('The sign-in could not be saved', named), 'bad'],
  'client-added': ({ client }) => [`${client} was connected`, 'good'],
  'client-removed': ({ client }) => [`${client} was disconnected`, 'quiet'],
  'wrong-local-key': () => ['A program showed a key that Lanyard does not know, and was turned away', 'warning'],
  'agent-ready': () => ['Lanyard started', 'quiet'],
  'agent-stopping': () => ['Lanyard stopped', 'quiet'],
  'agent-failed': (named) => [why('Lanyard could not start', named), 'bad'],
  woke: () => ['The computer woke up', 'quiet'],
  'network-changed': () => ['The network changed', 'quiet'],
  'vault-opened': () => ['The vault was opened', 'good'],
  'vault-unavailable': (named) => [why('The vault could not be opened', named), 'bad'],
  'vault-restored': () => ['The vault was restored from the copy before its last change', 'warning'],
  'vault-set-aside': () => ['The vault could not be decrypted and was set aside', 'bad'],
  'relay-port-taken': () => ['Another program holds the port of the relay', 'warning'],
  'older-program': () => ['A program of an older version of Lanyard is running', 'quiet'],
  'insecure-file-key': () => ["The vault's key lies in a plain file", 'warning'],
  'internal-error': (named) => [why('Something went wrong in Lanyard', named), 'bad'],
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
 * "Access to Linear was renewed". Every entry gets some, also of events that are not known here.
 */
export function describeEntry(entry: JournalEntry, titles: JournalTitles): JournalLine {
  const { fields, event } = entry;
  const clientId = String(fields.client ?? '');
  const serverName = String(fields.server ?? '');
  const other = Object.hasOwn(OTHER_CLIENTS, clientId) ? OTHER_CLIENTS[clientId] : undefined;
  const client = titles.clientTitle(clientId) ?? other ?? clientId;
  const server = titles.serverTitle(serverName) ?? (serverName === '' ? 'a server' : serverName);
  if (event === 'call') return describeCall(entry, { client, server });
  const detail = String(fields.detail ?? fields.problem ?? '');
  const named: Named = { client, server, detail, fields };
  const words = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
  if (!words) return plainWords(entry, named);
  const [text, tone] = words(named);
  return { text: capital(text), tone };
}
