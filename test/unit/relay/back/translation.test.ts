import { describe, expect, test } from 'vitest';
import { requiredElicitations, responseTo, toInputRequest } from '../../../../main/relay/back/input-required.ts';
import { toLegacyParams, toModernNotification } from '../../../../main/relay/back/legacy-message.ts';
import { concerns, grantable } from '../../../../main/relay/back/legacy-subscription.ts';
import { withoutExecution } from '../../../../main/relay/back/listed-tools.ts';
import { recipientOf } from '../../../../main/relay/back/session-events.ts';
import type { Recipient } from '../../../../main/relay/back/upstream-call.ts';
import { mayBeAsked } from '../../../../main/relay/mcp/input-capability.ts';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';

describe('params on their way to a server of the legacy era', () => {
  const envelope = { [META.revision]: MODERN_REVISION, [META.clientInfo]: {}, [META.clientCapabilities]: {} };
  test.each([
    ['none', undefined, undefined],
    ['the envelope alone', { name: 'a', _meta: envelope }, { name: 'a' }],
    ['a log level', { _meta: { ...envelope, [META.logLevel]: 'info' } }, {}],
    ['a progress token', { _meta: { ...envelope, progressToken: 0 } }, { _meta: { progressToken: 7 } }],
    ['keys of others', { _meta: { ...envelope, 'a.b/c': 1 } }, { _meta: { 'a.b/c': 1 } }],
    ['a retry', { name: 'a', requestState: 's', inputResponses: {} }, { name: 'a' }],
  ])('with %s', (_what, params, expected) => {
    expect(toLegacyParams(params, 7)).toEqual(expected);
  });
});

describe('notifications on their way to the client', () => {
  const message = (level: string) => ({
    jsonrpc: '2.0' as const,
    method: 'notifications/message',
    params: { level, data: 1 },
  });
  const progress = {
    jsonrpc: '2.0' as const,
    method: 'notifications/progress',
    params: { progressToken: 7, progress: 1 },
  };
  const wants = (level: unknown) => ({ _meta: { [META.logLevel]: level } });
  test.each([
    ['progress of a token', progress, { _meta: { progressToken: 'p' } }, true],
    ['progress without a token', progress, {}, false],
    ['a log message at its level', message('info'), wants('info'), true],
    ['a log message above its level', message('emergency'), wants('debug'), true],
    ['a log message below its level', message('debug'), wants('info'), false],
    ['a log message that nobody wants', message('emergency'), {}, false],
    ['a log message at a level that is none', message('emergency'), wants('loud'), false],
    ['anything else', { jsonrpc: '2.0' as const, method: 'notifications/tools/list_changed' }, wants('debug'), false],
  ])('%s', (_what, notification, params, isPassedOn) => {
    expect(toModernNotification(notification, params) !== undefined).toBe(isPassedOn);
  });
});

describe('questions', () => {
  const form = { method: 'elicitation/create', params: { message: 'a' } };
  const url = { method: 'elicitation/create', params: { mode: 'url', url: 'https://a.example' } };
  const sampling = { method: 'sampling/createMessage' };
  const roots = { method: 'roots/list' };
  test.each([
    [form, { elicitation: {} }, true],
    [form, { elicitation: { form: {} } }, true],
    [form, { elicitation: { url: {} } }, false],
    [url, { elicitation: { url: {} } }, true],
    [url, { elicitation: {} }, false],
    [form, {}, false],
    [sampling, { sampling: {} }, true],
    [{ ...sampling, params: { tools: [] } }, { sampling: {} }, false],
    [{ ...sampling, params: { tools: [] } }, { sampling: { tools: {} } }, true],
    [{ ...sampling, params: { toolChoice: {} } }, { sampling: {} }, false],
    [sampling, { roots: {} }, false],
    [roots, { roots: {} }, true],
    [{ method: 'vendor/ask' }, { elicitation: {}, sampling: {}, roots: {} }, false],
  ])('%j to a client with %j: %s', (question, capabilities, may) => {
    expect(mayBeAsked(question, capabilities)).toBe(may);
  });

  test('lose what only the legacy era has', () => {
    const params = { message: 'a', task: {}, _meta: { progressToken: 1 }, elicitationId: 'e' };
    expect(toInputRequest({ method: 'elicitation/create', params })).toEqual({
      method: 'elicitation/create',
      params: { message: 'a' },
    });
    expect(toInputRequest({ method: 'roots/list' })).toEqual({ method: 'roots/list' });
  });

  test('are answered by bare results alone', () => {
    const bare = { action: 'accept' };
    const params = { inputResponses: { a: bare, b: { method: 'elicitation/create', result: bare }, c: [], d: null } };
    expect(['a', 'b', 'c', 'd', 'toString'].map((key) => responseTo(key, params))).toEqual([
      bare,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('behind an error are those with an address', () => {
    const elicitations = [{ url: 'https://a.example', elicitationId: 'e' }, { message: 'none' }, null];
    const error = (data: unknown, code = -32042) => ({ error: { code, message: '', data } });
    expect(requiredElicitations(error({ elicitations }))).toHaveLength(1);
    expect(requiredElicitations(error({ elicitations: 'x' }))).toEqual([]);
    expect(requiredElicitations(error({ elicitations }, -32000))).toEqual([]);
  });
});

describe('subscriptions', () => {
  test.each([
    [{ toolsListChanged: true }, { tools: { listChanged: true } }, { toolsListChanged: true }],
    [{ toolsListChanged: true }, { tools: {} }, {}],
    [{ toolsListChanged: false }, { tools: { listChanged: true } }, {}],
    [{ promptsListChanged: true }, { prompts: { listChanged: true } }, { promptsListChanged: true }],
    [{ resourcesListChanged: true }, { resources: { listChanged: true } }, { resourcesListChanged: true }],
    [{ resourceSubscriptions: ['a', 'a'] }, { resources: { subscribe: true } }, { resourceSubscriptions: ['a'] }],
    [{ resourceSubscriptions: [] }, { resources: { subscribe: true } }, {}],
    [{ resourceSubscriptions: ['a'] }, { resources: {} }, {}],
  ])('%j of %j gives %j', (wanted, capabilities, granted) => {
    expect(grantable(wanted, capabilities)).toEqual(granted);
  });

  test.each([
    [{ promptsListChanged: true }, 'notifications/prompts/list_changed', true],
    [{ promptsListChanged: true }, 'notifications/tools/list_changed', false],
    [{ resourcesListChanged: true }, 'notifications/resources/list_changed', true],
    [{ resourceSubscriptions: ['a'] }, 'notifications/resources/updated', true],
    [{ resourceSubscriptions: ['b'] }, 'notifications/resources/updated', false],
    [{ toolsListChanged: true }, 'notifications/message', false],
  ])('%j and %s: %s', (filter, method, isConcerned) => {
    expect(concerns(filter, { jsonrpc: '2.0', method, params: { uri: 'a' } })).toBe(isConcerned);
  });
});

describe('what comes on the GET stream', () => {
  const call = (id: number, isHeard: boolean, asks = true): Recipient => ({
    id,
    isHeard,
    mayAsk: () => asks,
    meet: () => {},
  });
  const question = { jsonrpc: '2.0' as const, id: 1, method: 'roots/list' };
  const progress = { jsonrpc: '2.0' as const, method: 'notifications/progress', params: { progressToken: 1 } };
  const log = { jsonrpc: '2.0' as const, method: 'notifications/message', params: { level: 'info' } };
  const changed = { jsonrpc: '2.0' as const, method: 'notifications/tools/list_changed' };
  test.each([
    ['a question goes to the latest call', question, [call(1, true), call(2, true)], 2],
    ['a question goes to a call whose client is there', question, [call(1, true), call(2, false)], 1],
    ['a question goes to a call that waits, rather than to none', question, [call(1, false)], 1],
    ['a question goes to a call whose client may be asked', question, [call(1, true), call(2, true, false)], 1],
    ['a question goes to nobody', question, [call(2, true, false)], undefined],
    ['progress goes to its call', progress, [call(1, true), call(2, true)], 1],
    ['progress of no call goes to nobody', progress, [call(2, true)], undefined],
    ['a log message goes to the one call', log, [call(1, true)], 1],
    ['a log message that may be of several calls goes to none', log, [call(1, true), call(2, true)], undefined],
    ['a log message waits for nobody', log, [call(1, false)], undefined],
    ['a change goes to no call', changed, [call(1, true)], undefined],
  ])('%s', (_what, message, calls, expected) => {
    expect(recipientOf(message, calls)?.id).toBe(expected);
  });
});

test('tools that run as tasks alone are left out, and the others lose the word about it', () => {
  const tools = [
    { name: 'plain' },
    { name: 'either', execution: { taskSupport: 'optional' } },
    { name: 'task', execution: { taskSupport: 'required' } },
  ];
  expect(withoutExecution({ tools, nextCursor: 'c' })).toEqual({
    tools: [{ name: 'plain' }, { name: 'either' }],
    nextCursor: 'c',
  });
});
