import { describe, expect, test } from 'vitest';
import { acts, type DeskActs } from '../../../main/desktop/acts.ts';
import type { Face } from '../../../main/desktop/bridge/face.ts';
import { LanyardError, type Problem } from '../../../shared/errors.ts';
import type { LocalCall } from '../../../shared/local-client.ts';
import { connected, down, signedOut, waiting } from './states.ts';

const NO_DESK_ACTS: DeskActs = {
  setStartAtLogin: async () => {},
  lookForUpdates: async () => {},
  installUpdate: async () => {},
  startDemo: async () => {},
  endDemo: async () => {},
  followJournal: async () => null,
};

interface World {
  readonly face?: Face;
  readonly answer?: unknown;
  readonly browser?: boolean;
  /** Origins that the agent, when it is asked, names as the identity provider's. */
  readonly signInOrigins?: readonly string[];
}

function world(given: World = {}) {
  const { face = connected(signedOut()), answer = { state: signedOut() }, browser = true, signInOrigins = [] } = given;
  const { company } = signedOut();
  const state = signedOut({ company: { ...company, signInOrigins: [...signInOrigins] } });
  const calls: string[] = [];
  const opened: string[] = [];
  const notices: (string | null)[] = [];
  const problems: (Problem | null)[] = [];
  const does = acts({
    face: () => face,
    call: async <T>({ method, path, body }: LocalCall<T>) => {
      calls.push(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
      if (answer instanceof Error) throw answer;
      return (path === '/state' ? state : answer) as T;
    },
    restart: () => void calls.push('restart'),
    open: async (address) => {
      if (!browser) throw new Error('no browser');
      opened.push(address);
    },
    desk: NO_DESK_ACTS,
    notice: (problem: Problem | null) => {
      notices.push(problem?.code ?? null);
      problems.push(problem);
    },
  });
  return { does, calls, opened, notices, problems };
}

const signInAt = (url: string) => ({ attempt: '1', method: 'browser', phase: 'waiting', url, expiresAt: 0 });
const END_SESSION = 'http://127.0.0.1:4000/sign-out/1';
const GOOD = 'https://idp.company.example/authorize?x=1';

describe('acts', () => {
  test('each is one call to the agent', async () => {
    const { does, calls, notices } = world();
    await does['cancel-sign-in'](null);
    await does['sign-out'](null);
    await does.retry({ server: 'notes' });
    await does['restart-agent'](null);
    await does['put-away-notice'](null);
    expect(calls).toEqual(['DELETE /sign-in', 'POST /sign-out', 'POST /servers/notes/retry', 'restart']);
    expect(notices).toEqual([null, null, null, null, null]);
  });

  test('sign-in opens the page the agent names', async () => {
    const { does, calls, opened } = world({ answer: signInAt(GOOD) });
    await does['sign-in']({ method: 'browser' });
    expect(calls).toEqual(['POST /sign-in {"method":"browser"}', 'GET /state']);
    expect(opened).toEqual([GOOD]);
  });

  test('sign-in by code opens nothing by itself', async () => {
    const { does, opened, notices } = world({ answer: signInAt(GOOD) });
    await does['sign-in']({ method: 'device' });
    expect({ opened, notices }).toEqual({ opened: [], notices: [null] });
  });

  test('a provider may have its pages on another host than its own name, where the agent says so', async () => {
    const url = 'https://login.other.example/authorize';
    const { does, opened, notices } = world({
      answer: signInAt(url),
      signInOrigins: ['https://login.other.example'],
    });
    await does['sign-in']({ method: 'browser' });
    expect({ opened, notices }).toEqual({ opened: [url], notices: [null] });
  });

  test.each([
    'https://login.other.example/authorize',
    'http://127.0.0.1:4000/authorize',
    'file:///etc/passwd',
    'http://idp.company.example/',
  ])('a sign-in page at %s is not opened', async (url) => {
    const { does, opened, notices } = world({ answer: signInAt(url) });
    await does['sign-in']({ method: 'browser' });
    expect({ opened, notices }).toEqual({ opened: [], notices: [null, 'sign-in-address'] });
  });

  test('sign-out ends the session at the identity provider too, where that is offered', async () => {
    const { does, opened, notices } = world({ answer: { state: signedOut(), endSessionUrl: END_SESSION } });
    await does['sign-out'](null);
    expect({ opened, notices }).toEqual({ opened: [END_SESSION], notices: [null] });
  });

  test('sign-out opens nothing where that is not offered', async () => {
    const { does, opened, notices } = world();
    await does['sign-out'](null);
    expect({ opened, notices }).toEqual({ opened: [], notices: [null] });
  });

  test('sign-out without a browser says what was ended and what was not', async () => {
    const { does, problems } = world({ answer: { state: signedOut(), endSessionUrl: END_SESSION }, browser: false });
    await does['sign-out'](null);
    expect(problems.at(-1)).toMatchObject({ code: 'no-browser' });
    expect(problems.at(-1)?.user).toMatch(
      /You are signed out on this computer, but .* https:\/\/idp\.company\.example/,
    );
  });

  test.each([
    'https://idp.company.example/logout',
    'https://127.0.0.1:4000/sign-out',
    'http://idp.company.example/logout',
    'http://127.0.0.1@evil.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '',
  ])('a sign-out page at %j is not opened', async (endSessionUrl) => {
    const { does, opened, notices } = world({ answer: { state: signedOut(), endSessionUrl } });
    await does['sign-out'](null);
    expect({ opened, notices }).toEqual({ opened: [], notices: [null, 'sign-out-address'] });
  });

  test('no browser is a problem with a sentence', async () => {
    const { does, notices } = world({ answer: signInAt(GOOD), browser: false });
    await does['sign-in']({ method: 'browser' });
    expect(notices).toEqual([null, 'no-browser']);
  });

  test('the page can be opened again while it is waited for, and only then', async () => {
    const during = world({ face: connected(waiting()) });
    await during.does['open-sign-in-page'](null);
    expect(during.opened).toEqual(['https://idp.company.example/authorize']);
    const after = world();
    await after.does['open-sign-in-page'](null);
    expect(after.opened).toEqual([]);
  });

  test("the agent's problem is noticed; nothing is thrown", async () => {
    const answer = new LanyardError({ code: 'vault-locked', user: 'Locked.', administrator: 'Locked.' });
    const { does, notices } = world({ answer });
    await does['sign-out'](null);
    expect(notices).toEqual([null, 'vault-locked']);
  });

  test('without an agent the sign-in page cannot be opened', async () => {
    const { does, notices } = world({ face: down() });
    await does['open-sign-in-page'](null);
    expect(notices).toEqual([null, 'agent-not-running']);
  });

  test('a question that fails since the agent is gone sets no notice: the face says that', async () => {
    const gone = new LanyardError({ code: 'agent-not-running', user: 'Gone.', administrator: 'Gone.' });
    const { does, notices } = world({ answer: gone });
    expect(await does.apps(null)).toBeNull();
    expect(await does['server-tools']({ server: 'notes' })).toBeNull();
    expect(await does['plan-app']({ kind: 'vscode' })).toBeNull();
    expect(notices).toEqual([]);
    await does['cancel-sign-in'](null);
    expect(notices).toEqual([null, 'agent-not-running']);
  });

  test('a question that fails otherwise sets one', async () => {
    const answer = new LanyardError({ code: 'local-api-answer', user: 'Odd.', administrator: 'Odd.' });
    const { does, notices } = world({ answer });
    expect(await does.apps(null)).toBeNull();
    expect(notices).toEqual(['local-api-answer']);
  });

  test('the notice of an app that could not be connected goes when it is', async () => {
    let answer: unknown = new LanyardError({ code: 'client-file', user: 'Broken.', administrator: 'Broken.' });
    const notices: (string | null)[] = [];
    const does = acts({
      face: () => connected(signedOut()),
      call: async <T>() => {
        if (answer instanceof Error) throw answer;
        return answer as T;
      },
      restart: () => {},
      open: async () => {},
      desk: NO_DESK_ACTS,
      notice: (problem) => void notices.push(problem?.code ?? null),
    });
    await does['connect-app']({ kind: 'vscode' });
    expect(notices).toEqual([null, 'client-file']);
    answer = { apps: [{ kind: 'vscode', status: 'unreadable' }] };
    await does.apps(null);
    expect(notices).toEqual([null, 'client-file']);
    answer = { apps: [{ kind: 'vscode', status: 'connected', client: 'vscode' }] };
    await does.apps(null);
    await does.apps(null);
    expect(notices).toEqual([null, 'client-file', null]);
  });
});
