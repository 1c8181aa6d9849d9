import { expect, test } from 'vitest';
import type { Exchange, Responder } from '../../../../main/relay/mcp/responder.ts';
import type { Outcome, RpcNotification, RpcRequest } from '../../../../main/relay/mcp/rpc.ts';
import { withStandby } from '../../../../main/relay/standby/with-standby.ts';
import { until } from '../../fixtures.ts';
import { factsWith, faultOf, LISTS, modern, returning, SIGNED_OUT } from './standing-by.ts';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const TOOLS_CHANGED = 'notifications/tools/list_changed';

type Answer = (request: RpcRequest, exchange: Exchange) => Outcome | Promise<Outcome>;

/** A server that answers as the test says, once after the other; the last answer stays. */
function standingBy(...answers: readonly Answer[]) {
  const seen: RpcRequest[] = [];
  const ended: string[] = [];
  const heard: RpcNotification[] = [];
  const pauses: (() => void)[] = [];
  const abort = new AbortController();
  const returns = returning();
  let resets = 0;
  const server: Responder = {
    answer: async (request, exchange) => {
      seen.push(request);
      const answer = answers[Math.min(seen.length, answers.length) - 1];
      if (!answer) throw new Error('The test has no answer');
      return answer(request, exchange);
    },
    end: (id) => void ended.push(id),
    reset: () => {
      resets += 1;
    },
  };
  const responder = withStandby(server, {
    facts: (error) => factsWith({ error, signInUrl: 'http://127.0.0.1:5693/sign-in/once' }),
    onReturn: returns.onReturn,
    schedule: (_delay, act) => {
      pauses.push(act);
      return () => {};
    },
  });
  const exchange: Exchange = {
    conversation: { id: 'one', client: 'tester', transport: 'stdio' },
    signal: abort.signal,
    notify: (notification) => void heard.push(notification),
  };
  const methods = () => heard.map(({ method }) => method);
  return { responder, exchange, returns, seen, ended, heard, methods, pauses, abort, resets: () => resets };
}

const away: Answer = () => {
  throw faultOf({ kind: 'retry' });
};
const complete: Outcome = { result: { resultType: 'complete' } };
const acknowledging: Answer = (request, { notify, signal }) => {
  notify({ jsonrpc: '2.0', method: ACKNOWLEDGED, params: { of: 'the server', id: request.id } });
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
};
const listenTo = modern('subscriptions/listen', { notifications: { toolsListChanged: true } });

test('what the server answers is not touched', async () => {
  const { responder, exchange } = standingBy(() => complete);
  expect(await responder.answer(modern('tools/list'), exchange)).toBe(complete);
});

test('what it does not answer, standby does', async () => {
  const { responder, exchange } = standingBy(away);
  expect(await responder.answer(modern('tools/list'), exchange)).toMatchObject({
    result: { tools: [{ name: 'lanyard_status' }] },
  });
});

test('a fault of our own is not hidden, nor the end that the client wanted', async () => {
  const broken = standingBy(() => {
    throw new TypeError('a mistake');
  });
  await expect(broken.responder.answer(modern('tools/list'), broken.exchange)).rejects.toThrow(TypeError);
  const gone = standingBy(away);
  gone.abort.abort();
  await expect(gone.responder.answer(modern('tools/list'), gone.exchange)).rejects.toThrow('Exactly');
});

test('the answer to our question does not reach the server, which never asked', async () => {
  const { responder, exchange, seen } = standingBy(() => complete);
  const accept = { action: 'accept' };
  await responder.answer(modern('tools/call', { name: 'a', inputResponses: { 'lanyard-sign-in': accept } }), exchange);
  await responder.answer(
    modern('tools/call', { name: 'a', inputResponses: { 'lanyard-sign-in': accept, other: accept } }),
    exchange,
  );
  expect(seen[0]?.params).not.toHaveProperty('inputResponses');
  expect(seen[1]?.params?.inputResponses).toEqual({ other: accept });
});

const signedOut: Answer = () => {
  throw faultOf(SIGNED_OUT);
};
const signingIn = modern('tools/call', { name: 'a', inputResponses: { 'lanyard-sign-in': { action: 'accept' } } });

test('a call whose person went to the sign-in waits for it', async () => {
  const { responder, exchange, seen, returns } = standingBy(signedOut, () => complete);
  const answer = responder.answer(signingIn, exchange);
  await until(() => seen.length === 1 && returns.waiting() === 1);
  returns.back();
  expect(await answer).toBe(complete);
  expect(seen.map(({ params }) => params?.inputResponses)).toEqual([undefined, undefined]);
  expect(returns.waiting()).toBe(0);
});

test('and is not made as somebody else who signs in', async () => {
  const { responder, exchange, seen, returns } = standingBy(signedOut, () => complete);
  const answer = responder.answer(signingIn, exchange);
  await until(() => seen.length === 1 && returns.waiting() === 1);
  responder.reset();
  expect(await answer).toMatchObject({
    result: { isError: true, content: [{ text: expect.stringContaining('Somebody else has signed in') }] },
  });
  expect([seen.length, returns.waiting()]).toEqual([1, 0]);
});

test('but not for ever', async () => {
  const { responder, exchange, seen, returns, pauses } = standingBy(signedOut);
  const answer = responder.answer(signingIn, exchange);
  await until(() => seen.length === 1);
  pauses[0]?.();
  expect(await answer).toMatchObject({ result: { isError: true } });
  expect([seen.length, returns.waiting()]).toEqual([2, 0]);
});

test('nor where the client leaves, nor where a sign-in does not help, nor where the person declined', async () => {
  const gone = standingBy(signedOut);
  const answer = gone.responder.answer(signingIn, gone.exchange);
  await until(() => gone.seen.length === 1);
  gone.abort.abort();
  await expect(answer).rejects.toThrow('Exactly');
  expect(gone.returns.waiting()).toBe(0);
  const offline = standingBy(away);
  expect(await offline.responder.answer(signingIn, offline.exchange)).toMatchObject({ result: { isError: true } });
  const declined = standingBy(signedOut);
  const decline = modern('tools/call', { name: 'a', inputResponses: { 'lanyard-sign-in': { action: 'decline' } } });
  expect(await declined.responder.answer(decline, declined.exchange)).toMatchObject({ result: { isError: true } });
});

test('the status is told also when the server is there', async () => {
  const { responder, exchange, seen } = standingBy(() => complete);
  expect(await responder.answer(modern('tools/call', { name: 'lanyard_status' }), exchange)).toMatchObject({
    result: { content: [{ text: 'The notes: signed out.\nSign in.' }] },
  });
  expect(seen).toEqual([]);
});

test('a server that has a tool of that name is asked', async () => {
  const server: Responder = { answer: async () => complete, end: () => {}, reset: () => {} };
  const named = { name: 'lanyard_status', inputSchema: { type: 'object' as const } };
  const facts = () => factsWith({ lists: { ...LISTS, tools: [named] } });
  const responder = withStandby(server, { facts, onReturn: returning().onReturn });
  const { exchange } = standingBy();
  expect(await responder.answer(modern('tools/call', { name: 'lanyard_status' }), exchange)).toBe(complete);
});

test('a stream is acknowledged while the server is away, and goes on there when it is back', async () => {
  const { responder, exchange, returns, seen, methods, heard, abort } = standingBy(away, acknowledging);
  const answer = responder.answer(listenTo, exchange);
  await until(() => heard.length === 1);
  expect(heard[0]).toMatchObject({
    method: ACKNOWLEDGED,
    params: { notifications: { toolsListChanged: true }, _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
  });
  returns.back();
  await until(() => seen.length === 2);
  expect(methods()).toEqual([ACKNOWLEDGED, TOOLS_CHANGED]);
  expect(heard[1]?.params).toEqual({ _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } });
  abort.abort(new Error('gone'));
  await expect(answer).rejects.toThrow('gone');
  expect(returns.waiting()).toBe(0);
});

test('a stream that breaks off at the server is opened again soon, then when it is back, and acknowledged once', async () => {
  const breaking: Answer = (request, exchange) => {
    void acknowledging(request, exchange);
    return away(request, exchange);
  };
  const { responder, exchange, returns, seen, methods, pauses } = standingBy(breaking, away, () => complete);
  const answer = responder.answer(listenTo, exchange);
  await until(() => pauses.length === 1);
  // While it stood, nobody looked for the server; and its break is not its return.
  expect([returns.waiting(), methods()]).toEqual([0, [ACKNOWLEDGED]]);
  pauses[0]?.();
  await until(() => seen.length === 2 && returns.waiting() === 1);
  expect(methods()).toEqual([ACKNOWLEDGED]);
  returns.back();
  expect(await answer).toBe(complete);
  expect(seen).toHaveLength(3);
  expect(pauses).toHaveLength(1);
  expect(methods()).toEqual([ACKNOWLEDGED, TOOLS_CHANGED]);
  expect(returns.waiting()).toBe(0);
});

test('a server that seems to be back and is not is tried with pauses', async () => {
  const { responder, exchange, returns, seen, pauses } = standingBy(away, away, () => complete);
  const answer = responder.answer(listenTo, exchange);
  await until(() => seen.length === 1);
  returns.back();
  await until(() => seen.length === 2);
  // Time alone brings no third try.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(pauses).toEqual([]);
  returns.back();
  await until(() => pauses.length === 1);
  expect(seen).toHaveLength(2);
  pauses[0]?.();
  expect(await answer).toBe(complete);
});

test('a return is not missed while the stream is being opened', async () => {
  const opening = Promise.withResolvers<Outcome>();
  const { responder, exchange, returns, seen } = standingBy(
    () => opening.promise,
    () => complete,
  );
  const answer = responder.answer(listenTo, exchange);
  await until(() => seen.length === 1);
  returns.back();
  opening.reject(faultOf({ kind: 'retry' }));
  expect(await answer).toBe(complete);
});

test('a stream that ends with its person goes on for the next one', async () => {
  const first = Promise.withResolvers<Outcome>();
  const second: Outcome = { result: { resultType: 'complete', of: 'the second' } };
  const { responder, exchange, returns, seen, methods } = standingBy(
    () => first.promise,
    () => second,
  );
  const answer = responder.answer(listenTo, exchange);
  await until(() => seen.length === 1);
  responder.reset();
  first.resolve(complete);
  await until(() => methods().includes(ACKNOWLEDGED));
  expect(seen).toHaveLength(1);
  returns.back();
  expect(await answer).toBe(second);
  expect(methods()).toEqual([ACKNOWLEDGED, TOOLS_CHANGED]);
});

test('a stream that its server ends or refuses has ended', async () => {
  const ending = standingBy(() => complete);
  expect(await ending.responder.answer(listenTo, ending.exchange)).toBe(complete);
  const refusing = standingBy(() => ({ error: { code: -32601, message: 'No' } }));
  expect(await refusing.responder.answer(listenTo, refusing.exchange)).toMatchObject({ error: { code: -32601 } });
});

test('a client that goes away while the server is away leaves nothing behind', async () => {
  const { responder, exchange, returns, abort, methods } = standingBy(away);
  const answer = responder.answer(listenTo, exchange);
  await until(() => methods().length === 1);
  abort.abort(new Error('gone'));
  await expect(answer).rejects.toThrow('gone');
  expect(returns.waiting()).toBe(0);
  expect(methods()).toEqual([ACKNOWLEDGED]);
});

test('a stream without a filter is refused', async () => {
  const { responder, exchange, seen } = standingBy(away);
  expect(await responder.answer(modern('subscriptions/listen'), exchange)).toMatchObject({ error: { code: -32602 } });
  expect(seen).toEqual([]);
});

test('ends and resets reach the server', () => {
  const { responder, ended, resets } = standingBy(away);
  responder.end('one');
  responder.reset();
  expect([ended, resets()]).toEqual([['one'], 1]);
});
