import type { IncomingMessage } from 'node:http';
import { isTooDeep } from '../mcp/depth.ts';
import { LEGACY_REVISIONS, MODERN_REVISION } from '../mcp/revisions.ts';
import { INVALID_REQUEST, LANYARD_ERROR, type Outcome, PARSE_ERROR, refused } from '../mcp/rpc.ts';
import type { MessageHeaders } from './classify-post.ts';
import { SPOKEN_REVISIONS } from './legacy-handshake.ts';

/** Why a request goes no further. */
export interface HttpRefusal {
  readonly status: number;
  readonly outcome: Outcome;
}

/** One header of a request; `undefined` where it is absent or there several times. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : undefined;
}

/** The headers that a posted message is held against. */
export function messageHeadersOf(request: IncomingMessage): MessageHeaders {
  return {
    revision: headerOf(request, 'mcp-protocol-version'),
    method: headerOf(request, 'mcp-method'),
    name: headerOf(request, 'mcp-name'),
  };
}

function takes(accept: string, type: string): boolean {
  const [family] = type.split('/');
  return accept
    .split(',')
    .map((range) => range.split(';')[0]?.trim().toLowerCase())
    .some((range) => range === '*/*' || range === `${family}/*` || range === type);
}

/** Whether the client takes all of these media types; one that says nothing takes anything (RFC 9110 section 12.5.1). */
export function isAcceptable(accept: string | undefined, types: readonly string[]): boolean {
  return accept === undefined || types.every((type) => takes(accept, type));
}

/** Checks what has to be right before the body of a POST is read. */
export function postRefusal(request: IncomingMessage): HttpRefusal | undefined {
  const type = headerOf(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return { status: 415, outcome: refused(LANYARD_ERROR, 'Content-Type must be application/json.') };
  if (isAcceptable(headerOf(request, 'accept'), ['application/json', 'text/event-stream'])) return undefined;
  return {
    status: 406,
    outcome: refused(LANYARD_ERROR, 'The client must accept application/json and text/event-stream.'),
  };
}

/** Reads the body of a POST. */
export function readJson(body: Buffer | null): { readonly document: unknown } | HttpRefusal {
  try {
    const text = body?.toString('utf8') ?? '';
    if (isTooDeep(text)) return { status: 400, outcome: refused(INVALID_REQUEST, 'The body nests too deep.') };
    return { document: JSON.parse(text) };
  } catch {
    return { status: 400, outcome: refused(PARSE_ERROR, 'The body is not JSON.') };
  }
}

/** Refuses a revision, in the header of a request of an MCP session, that no MCP session can have. */
export function revisionRefusal(revision: string | undefined): HttpRefusal | undefined {
  if (revision === undefined || SPOKEN_REVISIONS.includes(revision)) return undefined;
  const known = [MODERN_REVISION, ...LEGACY_REVISIONS].join(', ');
  return {
    status: 400,
    outcome: refused(INVALID_REQUEST, `MCP-Protocol-Version ${revision} is not supported. Supported: ${known}.`),
  };
}
