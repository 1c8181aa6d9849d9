import type { Exchange, RawHeaders, ReceivedAnswer, ReceivedRequest } from './exchange.ts';

// What a relay has to change. Everything that is not named here has to arrive as it was sent.

/** Belong to one connection (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding'];
/** Name the other end, or are replaced. */
const REPLACED = ['host', 'authorization', 'lanyard-key'];
/** Named by the `Connection` header that generated requests have. */
const NAMED = ['x-one-hop'];
/** Of all these, what may not reach the server at all. */
const ENDS_HERE = ['lanyard-key', ...NAMED];
/** Is the same, but in the place and case that the relay's HTTP library gives it. */
const LENGTH = 'content-length';

function comparable(headers: RawHeaders, dropped: readonly string[]): string[] {
  return headers.flatMap((name, index) =>
    index % 2 === 0 && !dropped.includes(name.toLowerCase()) ? [`${name}: ${headers[index + 1]}`] : [],
  );
}

function valueNamed(headers: RawHeaders, wanted: string): string | undefined {
  return headers.find((_value, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === wanted);
}

const isSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((line, index) => line === others[index]);

/** What one exchange was at both ends. */
export interface Observed {
  readonly received: ReceivedRequest;
  readonly answer: ReceivedAnswer;
}

/** In words, what went through the relay otherwise than directly; empty where nothing did. */
export function differences({ request }: Exchange, direct: Observed, through: Observed): string[] {
  const found: string[] = [];
  const say = (what: string, of: unknown, or: unknown) =>
    void found.push(`${what}:\n  direct  ${JSON.stringify(of)}\n  through ${JSON.stringify(or)}`);
  const compareBytes = (what: string, of: Buffer, or: Buffer) => {
    if (!of.equals(or)) say(what, of.toString('latin1').slice(0, 2000), or.toString('latin1').slice(0, 2000));
  };
  const compare = (what: string, of: unknown, or: unknown) => {
    if (of !== or) say(what, of, or);
  };
  const dropped = [...HOP_BY_HOP, ...REPLACED, ...NAMED, LENGTH];
  const [before, after] = [direct.received, through.received].map(({ headers }) => comparable(headers, dropped));
  compare('method', direct.received.method, through.received.method);
  compare('path', direct.received.url, through.received.url);
  if (!isSame(before ?? [], after ?? [])) say('headers of the request', before, after);
  for (const name of ENDS_HERE) compare(name, undefined, valueNamed(through.received.headers, name));
  const [length, lengthAfter] = [direct.received, through.received].map(({ headers }) => valueNamed(headers, LENGTH));
  // A body that was held before it is sent on has a length, which one in chunks has not.
  if (request.pieces === undefined) compare('length of the request', length, lengthAfter);
  compareBytes('body of the request', direct.received.body, through.received.body);
  compare('status', direct.answer.status, through.answer.status);
  compare('reason', direct.answer.reason, through.answer.reason);
  const [given, got] = [direct.answer, through.answer].map(({ headers }) => comparable(headers, HOP_BY_HOP));
  if (!isSame(given ?? [], got ?? [])) say('headers of the answer', given, got);
  compareBytes('body of the answer', direct.answer.body, through.answer.body);
  return found;
}
