import { type Members, memberOf } from './rpc.ts';

/** One of `inputRequests` (MCP 2026-07-28, basic/patterns/mrtr). */
export interface InputRequest {
  readonly method: string;
  readonly params?: Members | undefined;
}

/**
 * What a client must have declared to be asked this, in the shape of client capabilities; `undefined` where no client
 * can be asked it. A mode of elicitation is a capability of its own.
 */
export function capabilityFor({ method, params }: InputRequest): Members | undefined {
  if (method === 'roots/list') return { roots: {} };
  if (method === 'elicitation/create') return { elicitation: { [params?.mode === 'url' ? 'url' : 'form']: {} } };
  if (method !== 'sampling/createMessage') return undefined;
  return { sampling: params?.tools === undefined && params?.toolChoice === undefined ? {} : { tools: {} } };
}

// Before there were modes, a bare `elicitation` meant forms (MCP 2025-11-25, client/elicitation).
function isDeclared(value: unknown, member: string): boolean {
  if (memberOf(value, member) !== undefined) return true;
  return member === 'form' && memberOf(value, 'url') === undefined;
}

/** Whether a client with these capabilities may be asked what needs `required`. */
export function isCovered(required: Members, declared: Members): boolean {
  return Object.entries(required).every(([name, members]) => {
    const value = memberOf(declared, name);
    if (typeof value !== 'object' || value === null) return false;
    return Object.keys(members as Members).every((member) => isDeclared(value, member));
  });
}

/** Whether a client with these capabilities may be asked this. */
export function mayBeAsked(question: InputRequest, declared: Members): boolean {
  const required = capabilityFor(question);
  return required !== undefined && isCovered(required, declared);
}
