import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endAllChildren, startProgram } from '../../program.ts';
import { INITIALIZED, initialize, line } from '../../stdio/lines.ts';
import { until } from '../../until.ts';
import type { ReceivedRequest } from './exchange.ts';
import { oddJson } from './json.ts';
import { type Dice, diceOf } from './random.ts';
import { give, openRecorder, type Recorder } from './recorder.ts';

// What a stdio client writes as one line arrives as a body; what a server says in one line arrives as a line.

const LINES = Number(process.env.DIFFERENTIAL_LINES ?? 500);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Calls side by side; Lanyard refuses more than 1,000 of one client. */
const UNDER_WAY = 250;
const MODERN = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}';
/** At the end of every line, where an id counts that is there more than once. */
const ID = /"(line \d+)"[^"]*$/;

let recorder: Recorder;
beforeAll(async () => {
  recorder = await openRecorder();
});
afterAll(async () => {
  await endAllChildren();
  await recorder.close();
});

function requestLine(dice: Dice, era: string, id: string): string {
  const json = oddJson(dice, false);
  const members = dice.times(dice.below(4), () => `${json.text()} :${json.value()}`);
  const meta = era === 'modern' ? [`${MODERN}`] : [];
  const params = `{${[...members, ...meta].join(' , ')}}`;
  const gap = dice.pick(['', ' ', '\t']);
  return `{"jsonrpc":"2.0",${gap}"method":"tools/call",${gap}"params":${params},"id":${gap}"${id}"${gap}}`;
}

/** Messages of an answer: some notifications, then the response. */
function answerLines(dice: Dice, id: string): readonly string[] {
  const json = oddJson(dice, false);
  const notification = (step: number) =>
    `{"jsonrpc":"2.0","method":"notifications/progress","params":{"of":"${id}","step":${step},"odd" : ${json.value()}}}`;
  const result = `{ "jsonrpc" : "2.0" ,"result":{"odd":${json.value()},${json.text()}:${json.value()}}, "id":"${id}"}`;
  return [...dice.times(dice.below(4), notification), result];
}

function events(dice: Dice, messages: readonly string[]): Buffer {
  const end = dice.pick(['\n', '\r\n', '\r']);
  const all = messages.map((message) => {
    const comment = dice.chance(0.3) ? `: ping${end}` : '';
    return `${comment}event: message${end}data: ${message}${end}${end}`;
  });
  return Buffer.from(all.join(''));
}

function inPieces(dice: Dice, whole: Buffer): Buffer[] {
  const at = dice.below(whole.length);
  return [whole.subarray(0, at), whole.subarray(at)].filter(({ length }) => length > 0);
}

describe.each(['legacy', 'modern'])('over stdio, a client of the %s era', (era) => {
  test(`writes and gets ${LINES} odd lines as they are`, async () => {
    const dice = diceOf(SEED);
    const asked = new Map<string, string>();
    const answers = new Map<string, readonly string[]>();
    for (let index = 0; index < LINES; index += 1) {
      const id = `line ${index}`;
      asked.set(id, requestLine(dice, era, id));
      answers.set(id, answerLines(dice, id));
    }
    const bodies = new Map<string, string>();
    recorder.script(({ body }: ReceivedRequest, _request, response) => {
      const [, id = ''] = ID.exec(body.toString()) ?? [];
      const messages = answers.get(id);
      // Opened as an MCP session by the recorder itself, or a notification.
      if (!messages) return response.writeHead(202).end();
      bodies.set(id, body.toString());
      const [only] = messages;
      // Dice of its own: answers are given in any order.
      const falls = diceOf(SEED + Number(id.slice('line '.length)));
      const isJson = messages.length === 1 && falls.chance(0.5);
      const whole = isJson ? Buffer.from(`\n${only} \r\n`) : events(falls, messages);
      const type = isJson ? 'application/json' : 'text/event-stream';
      return give(response, { status: 200, headers: ['content-type', type], chunks: inPieces(falls, whole) });
    });
    recorder.scriptAll();
    const child = startProgram(['stdio', 'notes'], recorder.fixture);
    if (era === 'legacy') {
      await initialize(child);
      child.stdin.write(line(INITIALIZED));
    }
    const came = () =>
      child
        .stdout()
        .split('\n')
        .filter((text) => text !== '' && !text.includes('"init"'));
    const expected: string[] = [];
    for (const [id, text] of asked) {
      child.stdin.write(`${text}${dice.pick(['\n', '\r\n', '\n\n'])}`);
      expected.push(...(answers.get(id) ?? []));
      if (Number(id.slice('line '.length)) % UNDER_WAY === 0) await until(() => came().length >= expected.length);
    }
    await until(() => came().length >= expected.length);
    const seed = `DIFFERENTIAL_SEED=${SEED}`;
    expect(Object.fromEntries(bodies), seed).toEqual(Object.fromEntries(asked));
    const got = came();
    expect(
      got.filter((text) => !expected.includes(text)),
      seed,
    ).toEqual([]);
    expect(
      expected.filter((text) => !got.includes(text)),
      seed,
    ).toEqual([]);
    expect(got).toHaveLength(expected.length);
    // Each answer's messages in their order, whatever comes between them.
    for (const messages of answers.values()) {
      const at = messages.map((message) => got.indexOf(message));
      expect(at, seed).toEqual([...at].sort((a, b) => a - b));
    }
    await child.end();
  });
});
