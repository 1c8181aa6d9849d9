import { serveParent } from '../processes/parent.ts';
import { callId, EVENTS_TOOL, LARGE_TOOL, toolCallBody } from '../server/tool-call.ts';
import type { Target } from './caller.ts';
import { type Connection, type Exchanged, openConnection } from './connection.ts';
import { type Round, type RoundResult, runRound } from './round.ts';
import { openStreams, type Streams } from './streams.ts';

// Makes calls and takes their times. A process of its own; connections stay open from one round to the next.

/** How long one answer with events or much text took. */
export interface AnswerTimes {
  /** From the request to the first bytes of the body, in ms. */
  readonly firstMs: number;
  /** To its last, in ms. */
  readonly ms: number;
}

/** What this process can be asked. */
export type GeneratorHandlers = {
  run(round: Round): Promise<RoundResult>;
  /** Calls the tool that answers with so many events, once. */
  callForEvents(asked: { readonly target: Target; readonly events: number }): Promise<AnswerTimes>;
  /** Calls the tool that answers with so much text, once. */
  callForText(asked: { readonly target: Target; readonly bytes: number }): Promise<AnswerTimes>;
  openStreams(asked: { readonly target: Target; readonly count: number }): void;
  /** From now on one event of each open stream is waited for. */
  expectEvent(): void;
  /** When the last of the open streams had it, by the shared clock, in ms. */
  lastEvent(): Promise<number>;
  closeStreams(): void;
};

const connections = new Map<string, Connection>();
let streams: Streams | undefined;

async function callOnce(target: Target, body: string): Promise<Exchanged> {
  const key = JSON.stringify(target);
  const connection = connections.get(key) ?? openConnection(target);
  connections.set(key, connection);
  try {
    const exchanged = await connection.exchange({ method: 'POST', body });
    if (exchanged.status !== 200) throw new Error(`Answered ${exchanged.status}: ${exchanged.tail}`);
    return exchanged;
  } catch (error) {
    connections.delete(key);
    connection.close();
    throw error;
  }
}

serveParent({
  run: runRound,
  callForEvents: async ({ target, events }) => {
    const found = await callOnce(target, toolCallBody(callId(0), EVENTS_TOOL, { events }));
    if (found.events !== events) throw new Error(`${found.events} of ${events} events arrived`);
    if (!found.tail.includes(`"id":${callId(0)}`)) throw new Error('The answer ended without its result');
    return { firstMs: found.firstMs, ms: found.ms };
  },
  callForText: async ({ target, bytes }) => {
    const found = await callOnce(target, toolCallBody(callId(0), LARGE_TOOL, { bytes }));
    if (found.bytes < bytes || !found.tail.endsWith('x"}]}}')) throw new Error(`${found.bytes} bytes arrived`);
    return { firstMs: found.firstMs, ms: found.ms };
  },
  openStreams: ({ target, count }) => {
    streams?.close();
    streams = openStreams(target, count);
  },
  expectEvent: () => streams?.expectEvent(),
  lastEvent: () => {
    if (!streams) throw new Error('No streams are open');
    return streams.lastEvent();
  },
  closeStreams: () => {
    streams?.close();
    streams = undefined;
  },
} satisfies GeneratorHandlers);
