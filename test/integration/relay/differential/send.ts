import { once } from 'node:events';
import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { RawHeaders, ReceivedAnswer, SentRequest } from './exchange.ts';

/** Begins a request whose headers go out as they are. */
export function begin(url: string, method: string, headers: RawHeaders, agent: Agent | false): ClientRequest {
  return request(url, { method, headers: ['Host', new URL(url).host, ...headers], agent, setDefaultHeaders: false });
}

/** Sends a request byte for byte and reads its whole answer. */
export async function send(
  url: string,
  { method, headers, body, pieces = 1 }: SentRequest,
  agent: Agent,
): Promise<ReceivedAnswer> {
  const outgoing = begin(url, method, headers, agent);
  const answered = once(outgoing, 'response');
  if (body) {
    const step = Math.ceil(body.length / pieces);
    for (let from = 0; from < body.length; from += step) outgoing.write(body.subarray(from, from + step));
  }
  outgoing.end();
  const [incoming] = (await answered) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const { statusCode: status = 0, statusMessage: reason = '', rawHeaders } = incoming;
  return { status, reason, headers: rawHeaders, body: Buffer.concat(chunks) };
}
