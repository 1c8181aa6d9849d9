import { createHmac, timingSafeEqual } from 'node:crypto';

// The first lines on every connection to the agent, before HTTP:
//
//   client -> agent   LANYARD/1 <client nonce>
//   agent  -> client  LANYARD/1 <agent nonce> <agent proof>
//   client -> agent   <client proof>
//
// A proof is an HMAC-SHA256 over both nonces and the sender's role, keyed with a file only this person can read.
// So somebody else's process that squats on the socket or pipe learns nothing and is noticed at once.
// What it does not solve: a process of the same person can read the file, as it could read the vault's key.

/** The present version of the hello; the agent also serves the one before it, since shims outlive updates. */
export const HELLO_VERSION = 1;

/** Random bytes of a nonce and of the local token: as long as the HMAC's output, so never its weak part. */
export const NONCE_BYTES = 32;

/** No hello line is longer, in bytes; a peer that sends more is cut off. */
export const HELLO_LINE_LIMIT_BYTES = 256;

const BASE64URL_32_BYTES = '[A-Za-z0-9_-]{43}';
const CLIENT_HELLO = new RegExp(`^LANYARD/(\\d{1,3}) (${BASE64URL_32_BYTES})$`);
const AGENT_HELLO = new RegExp(`^LANYARD/(\\d{1,3}) (${BASE64URL_32_BYTES}) (${BASE64URL_32_BYTES})$`);

/** Both nonces of one connection, base64url. */
export interface Nonces {
  readonly client: string;
  readonly agent: string;
}

/** The proof that `role` holds the local token. Bound to both nonces and to the role, so it cannot be reflected. */
export function helloProof(localToken: string, role: 'client' | 'agent', nonces: Nonces): string {
  return createHmac('sha256', localToken)
    .update(`lanyard-local-${HELLO_VERSION}\n${role}\n${nonces.client}\n${nonces.agent}`)
    .digest('base64url');
}

/** Compares a received proof with the expected one in constant time. */
export function isProof(received: string, expected: string): boolean {
  const left = Buffer.from(received);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** First line, sent by the client. */
export function clientHello(nonce: string): string {
  return `LANYARD/${HELLO_VERSION} ${nonce}\n`;
}

/** Second line, sent by the agent. */
export function agentHello(localToken: string, nonces: Nonces): string {
  return `LANYARD/${HELLO_VERSION} ${nonces.agent} ${helloProof(localToken, 'agent', nonces)}\n`;
}

/** Reads the first line (without its newline); `undefined` where it is not one. */
export function parseClientHello(line: string): { version: number; nonce: string } | undefined {
  const match = CLIENT_HELLO.exec(line);
  return match?.[1] && match[2] ? { version: Number(match[1]), nonce: match[2] } : undefined;
}

/** Reads the second line (without its newline); `undefined` where it is not one. */
export function parseAgentHello(line: string): { version: number; nonce: string; proof: string } | undefined {
  const match = AGENT_HELLO.exec(line);
  return match?.[1] && match[2] && match[3]
    ? { version: Number(match[1]), nonce: match[2], proof: match[3] }
    : undefined;
}
