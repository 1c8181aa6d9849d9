import { specTypeSchemas } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import type { Members, Outcome } from '../../../../main/relay/mcp/rpc.ts';
import { standbyOutcome } from '../../../../main/relay/standby/standby-outcome.ts';
import { LanyardError, type Recovery } from '../../../../shared/errors.ts';
import { factsWith, faultOf, LISTS, modern, SIGNED_OUT } from './standing-by.ts';

const URL_CLIENT = { elicitation: { url: {} } };
const SIGN_IN = 'http://127.0.0.1:5693/sign-in/once';

function resultOf(outcome: Outcome): Members {
  if ('error' in outcome) throw new Error(`Expected a result, got ${JSON.stringify(outcome.error)}`);
  return outcome.result;
}

function textOf(outcome: Outcome): string {
  const [part] = resultOf(outcome).content as readonly { readonly text: string }[];
  return part?.text ?? '';
}

describe('a server that was reached before', () => {
  const facts = factsWith({ lists: LISTS });

  test.each([
    ['tools/list', { tools: LISTS.tools }],
    ['resources/list', { resources: LISTS.resources }],
    ['resources/templates/list', { resourceTemplates: LISTS.resourceTemplates }],
    ['prompts/list', { prompts: [] }],
  ])('%s is what was last known, to be kept by nobody', (method, lists) => {
    expect(resultOf(standbyOutcome(modern(method), facts))).toEqual({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': LISTS.serverInfo },
      ...lists,
    });
  });

  test('says of itself what it said, and that its lists change', () => {
    expect(resultOf(standbyOutcome(modern('server/discover'), facts))).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        logging: {},
      },
      instructions: 'Write short notes.',
    });
    const { capabilities } = resultOf(standbyOutcome(modern('server/discover'), facts));
    expect(capabilities).not.toHaveProperty('prompts');
  });

  test('a page after the first is not known', () => {
    expect(standbyOutcome(modern('tools/list', { cursor: 'next' }), facts)).toMatchObject({ error: { code: -32602 } });
  });
});

describe('a server that was never reached', () => {
  test.each([
    ['resources/list', { resources: [] }],
    ['resources/templates/list', { resourceTemplates: [] }],
    ['prompts/list', { prompts: [] }],
  ])('%s is empty', (method, lists) => {
    expect(resultOf(standbyOutcome(modern(method), factsWith()))).toMatchObject(lists);
  });

  test('has one tool, which says what is the matter', () => {
    expect(resultOf(standbyOutcome(modern('tools/list'), factsWith())).tools).toMatchObject([
      { name: 'lanyard_status' },
    ]);
    const outcome = standbyOutcome(modern('tools/call', { name: 'lanyard_status' }), factsWith());
    expect(textOf(outcome)).toBe('The notes: signed out.\nSign in.');
    expect(resultOf(outcome)).not.toHaveProperty('isError');
  });

  test('a server with a tool of that name is asked for its own', () => {
    const named = { name: 'lanyard_status', inputSchema: { type: 'object' as const } };
    const facts = factsWith({ lists: { ...LISTS, tools: [named] } });
    expect(textOf(standbyOutcome(modern('tools/call', { name: 'lanyard_status' }), facts))).toMatch(/not carried out/);
  });

  test('is called by its title', () => {
    expect(resultOf(standbyOutcome(modern('server/discover'), factsWith()))).toMatchObject({
      capabilities: { tools: { listChanged: true } },
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'notes', title: 'The notes' } },
    });
  });
});

test.each([
  ['server/discover', specTypeSchemas.DiscoverResult],
  ['tools/list', specTypeSchemas.ListToolsResult],
  ['tools/call', specTypeSchemas.CallToolResult],
  ['resources/list', specTypeSchemas.ListResourcesResult],
  ['prompts/list', specTypeSchemas.ListPromptsResult],
  ['completion/complete', specTypeSchemas.CompleteResult],
] as const)('%s is answered in the shape that the protocol gives it', async (method, schema) => {
  for (const lists of [LISTS, undefined]) {
    const result = resultOf(standbyOutcome(modern(method, { name: 'x' }), factsWith({ lists })));
    expect(await schema['~standard'].validate(result)).not.toHaveProperty('issues');
  }
});

describe('a tool call', () => {
  const call = (recovery: Recovery | undefined, code?: string, cause?: unknown) => {
    const error = faultOf(recovery, code, cause);
    return standbyOutcome(modern('tools/call', { name: 'create_note' }), factsWith({ error }));
  };

  test.each<[string, Recovery | undefined, RegExp]>([
    ['the person', SIGNED_OUT, /has to do that; then the same call can be made again/],
    ['the person, for a stronger sign-in', { kind: 'blocked', reason: 'step-up' }, /has to do that; then/],
    ['the administrator', { kind: 'blocked', reason: 'misconfigured' }, /trying again does not help/],
    ['the administrator, for access', { kind: 'blocked', reason: 'denied' }, /trying again does not help/],
    ['nobody', { kind: 'retry' }, /try again in a moment/],
    ['nobody, for seconds', { kind: 'retry', afterMs: 30_200 }, /try again in 31 seconds/],
    ['nobody, for minutes', { kind: 'retry', afterMs: 179_000 }, /try again in 3 minutes/],
    ['nobody knows whom', undefined, /when you try again/],
  ])('where the turn is %s', (_, recovery, advice) => {
    const outcome = call(recovery);
    expect(resultOf(outcome).isError).toBe(true);
    expect(textOf(outcome)).toMatch(/^"create_note" was not carried out\. The person can read this\. /);
    expect(textOf(outcome)).toMatch(advice);
    expect(textOf(outcome)).not.toContain('Exactly');
  });

  test('a sentence that ends with what to type ends before the next one begins', () => {
    const error = new LanyardError({
      code: 'signed-out',
      user: 'Sign in, or run: lanyard login',
      administrator: 'A.',
      recovery: SIGNED_OUT,
    });
    const text = textOf(standbyOutcome(modern('tools/call', { name: 'create_note' }), factsWith({ error })));
    expect(text).toContain('run: lanyard login. The person at this computer has to do that');
  });

  test('that may have been carried out is not said to be undone', () => {
    const broken = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
    const text = textOf(call({ kind: 'retry' }, 'network-connection', broken));
    expect(text).toMatch(/^Whether "create_note" was carried out is not known\. The person can read this\. /);
    expect(text).toMatch(/Look first/);
  });

  test.each<[string, Recovery | undefined, boolean]>([
    ['signed out', SIGNED_OUT, true],
    ['a stronger sign-in', { kind: 'blocked', reason: 'step-up' }, true],
    ['denied', { kind: 'blocked', reason: 'denied' }, false],
    ['not set up', { kind: 'blocked', reason: 'misconfigured' }, false],
    ['not reached', { kind: 'retry' }, false],
    ['anything else', undefined, false],
  ])('says where to sign in only where that helps: %s', (_, recovery, helps) => {
    const facts = factsWith({ error: faultOf(recovery), signInUrl: SIGN_IN });
    expect(textOf(standbyOutcome(modern('tools/call', { name: 'create_note' }), facts)).includes(SIGN_IN)).toBe(helps);
    const asked = resultOf(standbyOutcome(modern('tools/call', { name: 'create_note' }, URL_CLIENT), facts));
    expect(asked.resultType).toBe(helps ? 'input_required' : 'complete');
  });

  test('that never left is said to be undone', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' });
    expect(textOf(call({ kind: 'retry' }, 'network-connection', refused))).toMatch(/was not carried out/);
  });
});

describe('a client that can open addresses', () => {
  const facts = factsWith({ signInUrl: SIGN_IN });
  const call = (params: Members = {}, capabilities: Members = URL_CLIENT) =>
    standbyOutcome(modern('tools/call', { name: 'create_note', ...params }, capabilities), facts);

  test('is asked to open the sign-in', () => {
    expect(resultOf(call())).toMatchObject({
      resultType: 'input_required',
      inputRequests: { 'lanyard-sign-in': { method: 'elicitation/create', params: { mode: 'url', url: SIGN_IN } } },
    });
  });

  test.each(['accept', 'decline', 'cancel'])('and after its answer "%s" is not asked again', (action) => {
    const outcome = call({ inputResponses: { 'lanyard-sign-in': { action } } });
    expect(resultOf(outcome).isError).toBe(true);
    expect(textOf(outcome)).toMatch(/Once you have signed in, try again/);
    expect(textOf(outcome)).toContain(SIGN_IN);
  });

  test('but not where it continues a round of the server itself', () => {
    expect(resultOf(call({ requestState: 'of the server' })).isError).toBe(true);
    expect(resultOf(call({ inputResponses: { name: { action: 'accept' } } })).isError).toBe(true);
  });

  test('nor for the status', () => {
    expect(textOf(call({ name: 'lanyard_status' }))).toMatch(/signed out/);
  });

  test('nor where the call may have been carried out, and would be made again', () => {
    const error = faultOf(SIGNED_OUT, 'call-ended');
    const request = modern('tools/call', { name: 'create_note' }, URL_CLIENT);
    expect(resultOf(standbyOutcome(request, factsWith({ error, signInUrl: SIGN_IN }))).isError).toBe(true);
  });

  test.each([{}, { elicitation: {} }, { elicitation: { form: {} } }])('one that cannot is told: %j', (capabilities) => {
    expect(resultOf(call({}, capabilities)).isError).toBe(true);
  });
});

test.each(['prompts/get', 'resources/read', 'tasks/get'])('%s is an error with the sentence', (method) => {
  expect(standbyOutcome(modern(method), factsWith())).toEqual({
    error: { code: -32000, message: 'The person can read this.', data: { code: 'signed-out' } },
  });
});

test.each(['ping', 'initialize', 'something/else', 'constructor'])('%s is no method of this era', (method) => {
  expect(standbyOutcome(modern(method), factsWith())).toMatchObject({ error: { code: -32601 } });
});
