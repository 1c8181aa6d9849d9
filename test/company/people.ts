import { randomBytes, randomInt } from 'node:crypto';

/** Somebody who works at the demo company. */
export interface Person {
  /** What they type into the sign-in page; their address works too. */
  readonly username: string;
  /** Subject identifier at the IdP (OpenID Connect Core section 2); opaque, and not the username. */
  readonly subject: string;
  readonly email: string;
  readonly displayName: string;
  readonly password: string;
  /** What they type when the page asks for a one-time code; a demo's code is good more than once. */
  readonly otp: string;
}

/** The company's people and the groups they are in at this moment. */
export interface Directory {
  readonly people: readonly Person[];
  /** The person with this username or address. */
  byUsername(username: string): Person | undefined;
  /** The person with this subject identifier. */
  bySubject(subject: string): Person | undefined;
  /** The groups of a username; empty for strangers. */
  groupsOf(username: string): readonly string[];
  /** Puts the person into exactly these groups from now on. Throws for strangers. */
  setGroups(username: string, groups: readonly string[]): void;
}

const PASSWORD_BYTES = 9;
// Letters, and many: the code must not turn up by chance in a log that is searched for it.
const OTP_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const OTP_LENGTH = 10;

const INITIAL_GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['alice', ['engineering']],
  ['bob', ['finance']],
  ['carol', []],
]);

/** The three demo people, each with a new random password and code. */
export function createDirectory(): Directory {
  const people = [...INITIAL_GROUPS.keys()].map(newPerson);
  const groups = new Map(INITIAL_GROUPS);
  return {
    people,
    byUsername: (username) => people.find((person) => person.username === username || person.email === username),
    bySubject: (subject) => people.find((person) => person.subject === subject),
    groupsOf: (username) => groups.get(username) ?? [],
    setGroups: (username, next) => {
      if (!groups.has(username)) throw new Error(`Nobody here is called ${username}`);
      groups.set(username, [...next]);
    },
  };
}

function newPerson(username: string): Person {
  return {
    username,
    subject: `u-${username}`,
    email: `${username}@example.com`,
    displayName: username.charAt(0).toUpperCase() + username.slice(1),
    password: `${username}-${randomBytes(PASSWORD_BYTES).toString('base64url')}`,
    otp: newOtp(),
  };
}

function newOtp(): string {
  return Array.from({ length: OTP_LENGTH }, () => OTP_LETTERS.charAt(randomInt(OTP_LETTERS.length))).join('');
}
