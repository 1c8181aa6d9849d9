import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PRODUCT } from './product.ts';

// The first lines on every connection to the agent, before HTTP:
//
//   client -> agent   LANYARD/2 <client nonce> <client's product version>
//   agent  -> client  LANYARD/2 <agent nonce> <agent's product version> <agent proof>
//   client -> agent   <client proof>
//
// A proof is an HMAC-SHA256 over both hellos and the sender's role, keyed with a file only this person can read.
// So somebody else's process that squats on the socket or pipe learns nothing and is noticed at once.
// What it does not solve: a process of the same person can read the file, as it could read the vault's key.
//
// Programs outlive updates: a shim runs as long as its client, an agent as long as the person is signed in. Version 1
// has no product versions, and its proof is over both nonces and the role. An agent of version 1 hangs up on a hello of
// version 2, and the client comes again with version 1. Whoever else hangs up gains nothing: both versions ask for the
// same proof of the same file, and no proof of one passes for one of the other.

/** A version of the hello that we can speak. */
export type HelloVersion = 1 | 2;

/** The present version of the hello. */
export const HELLO_VERSION: HelloVersion = 2;

/** The one before, which agent and clients speak too. */
export const OLDER_HELLO_VERSION: HelloVersion = 1;

/** Random bytes of a nonce and of the local token: as long as the HMAC's output, so never its weak part. */
export const NONCE_BYTES = 32;

/** The local token: {@link NONCE_BYTES} random bytes, base64url. Anything else, such as an empty file, proves nothing. */
export const LOCAL_TOKEN = /^[\w-]{43}$/;

/** No hello line is longer, in bytes; a peer that sends more is cut off. */
export const HELLO_LINE_LIMIT_BYTES = 256;

const BASE64URL_32_BYTES = '[A-Za-z0-9_-]{43}';
/** A version as in semver.org, bounded, since it ends up in a log. */
const PRODUCT_VERSION = '\\d{1,6}\\.\\d{1,6}\\.\\d{1,6}(?:[-+][0-9A-Za-z.+-]{1,32})?';

const GREETING = `LANYARD/(?:(1) (${BASE64URL_32_BYTES})|(2) (${BASE64URL_32_BYTES}) (${PRODUCT_VERSION}))`;
const CLIENT_HELLO = new RegExp(`^${GREETING}$`);
const AGENT_HELLO = new RegExp(`^${GREETING} (${BASE64URL_32_BYTES})$`);

/** What one side says first. */
export interface Hello {
  readonly version: HelloVersion;
  /** Base64url; of this connection alone. */
  readonly nonce: string;
  /** The speaker's product version; empty in version 1 of the hello. */
  readonly product: string;
}

/** The hellos of one connection, of the same version. */
export interface Hellos {
  readonly client: Hello;
  readonly agent: Hello;
}

/** A hello of our own, with a nonce for one connection. */
export function createHello(version: HelloVersion): Hello {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  return { version, nonce, product: version === 1 ? '' : PRODUCT.version };
}

function textOf({ version, nonce, product }: Hello): string {
  return version === 1 ? `LANYARD/1 ${nonce}` : `LANYARD/${version} ${nonce} ${product}`;
}

/**
 * The proof that `role` holds the local token. Bound to both hellos and to the role, so it cannot be reflected, and
 * nothing of what was said can be changed on the way.
 */
export function helloProof(localToken: string, role: 'client' | 'agent', { client, agent }: Hellos): string {
  const said = client.version === 1 ? [client.nonce, agent.nonce] : [textOf(client), textOf(agent)];
  return createHmac('sha256', localToken)
    .update(`lanyard-local-${client.version}\n${role}\n${said.join('\n')}`)
    .digest('base64url');
}

/** Compares a received proof with the expected one in constant time. */
export function isProof(received: string, expected: string): boolean {
  const left = Buffer.from(received);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** First line, sent by the client. */
export function clientHello(hello: Hello): string {
  return `${textOf(hello)}\n`;
}

/** Second line, sent by the agent. */
export function agentHello(localToken: string, hellos: Hellos): string {
  return `${textOf(hellos.agent)} ${helloProof(localToken, 'agent', hellos)}\n`;
}

function helloOf(match: RegExpExecArray | null): Hello | undefined {
  if (!match) return undefined;
  const [, , oldNonce, , nonce = '', product = ''] = match;
  return oldNonce === undefined ? { version: 2, nonce, product } : { version: 1, nonce: oldNonce, product: '' };
}

/** Reads the first line (without its newline); `undefined` where it is not one of a version that we speak. */
export function parseClientHello(line: string): Hello | undefined {
  return helloOf(CLIENT_HELLO.exec(line));
}

/** Reads the second line (without its newline); `undefined` where it is not one of a version that we speak. */
export function parseAgentHello(line: string): { readonly hello: Hello; readonly proof: string } | undefined {
  const match = AGENT_HELLO.exec(line);
  const hello = helloOf(match);
  const proof = match?.[6];
  return hello && proof !== undefined ? { hello, proof } : undefined;
}
