import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../shared/journal-views.ts';
import { describeEntry, isRoutine } from '../../../shared/journal-words.ts';

const TITLES = {
  serverTitle: (name: string) => (name === 'linear' ? 'Linear' : undefined),
  clientTitle: (id: string) => (id === 'claude-code' ? 'Claude Code' : undefined),
};

const entry = (event: string, fields: JournalEntry['fields'] = {}, level: JournalEntry['level'] = 'info') => ({
  id: 1,
  at: 0,
  level,
  event,
  fields,
});

const call = (fields: JournalEntry['fields']) =>
  entry('call', { client: 'claude-code', server: 'linear', status: 200, durationMs: 120, ...fields }, 'debug');

describe('a call in words', () => {
  it.each([
    [{ method: 'tools/call', name: 'create_issue' }, 'Claude Code called create_issue on Linear · 120 ms', 'quiet'],
    [{ method: 'tools/call', name: 'x', durationMs: 1400 }, 'Claude Code called x on Linear · 1.4 s', 'quiet'],
    [{ method: 'tools/list' }, 'Claude Code asked Linear for its tools · 120 ms', 'quiet'],
    [{ method: 'initialize' }, 'Claude Code opened a conversation with Linear · 120 ms', 'quiet'],
    [{ method: 'tasks/get' }, 'Claude Code sent tasks/get to Linear · 120 ms', 'quiet'],
    [{ verb: 'GET', durationMs: 3_600_000 }, 'Claude Code listened to Linear · 60 min', 'quiet'],
    [{ verb: 'GET', durationMs: 15_000 }, 'Claude Code listened to Linear · 15 s', 'quiet'],
    [
      { method: 'tools/call', name: 'x', refused: 'denied' },
      'Claude Code called x on Linear · your company does not allow this tool',
      'warning',
    ],
    [
      { method: 'tools/call', name: 'x', status: 502 },
      'Claude Code called x on Linear · failed with HTTP status 502',
      'warning',
    ],
    [
      { method: 'tools/call', name: 'x', status: 503, fault: 'signed-out' },
      'Claude Code called x on Linear · nobody is signed in',
      'warning',
    ],
    [
      { method: 'tools/call', name: 'x', status: 503, fault: 'token-exchange-access-denied' },
      'Claude Code called x on Linear · your company has not given you access',
      'warning',
    ],
    [{ client: 'stdio', server: 'gone', method: 'ping' }, 'An app asked whether gone is there · 120 ms', 'quiet'],
    [{ client: 'lanyard', method: 'tools/list' }, 'Lanyard asked Linear for its tools · 120 ms', 'quiet'],
  ] as const)('%o', (fields, text, tone) => {
    expect(describeEntry(call(fields), TITLES)).toEqual({ text, tone });
  });
});

describe('routine', () => {
  it.each([
    [{ method: 'initialize' }, true],
    [{ method: 'notifications/initialized' }, true],
    [{ method: 'ping' }, true],
    [{ verb: 'GET' }, true],
    [{ verb: 'DELETE' }, true],
    [{ method: 'subscriptions/listen' }, true],
    [{ client: 'lanyard', method: 'tools/list' }, true],
    [{ method: 'tools/list' }, true],
    [{ method: 'tools/list', status: 503, fault: 'token-exchange-access-denied' }, true],
    [{ method: 'tools/list', status: 503, fault: 'signed-out' }, false],
    [{ method: 'tools/call', name: 'x', status: 503, fault: 'token-exchange-access-denied' }, false],
    [{ method: 'tools/call', name: 'x' }, false],
    [{ method: 'initialize', status: 503 }, false],
    [{ verb: 'GET', fault: 'network-timeout' }, false],
  ] as const)('%o: %s', (fields, expected) => {
    expect(isRoutine(call(fields))).toBe(expected);
  });

  it('is never anything but a call', () => {
    expect(isRoutine(entry('signed-in'))).toBe(false);
  });
});

describe('what else happened, in words', () => {
  it.each([
    ['grant-ready', { server: 'linear', renewed: false }, 'Access to Linear is ready', 'good'],
    ['grant-ready', { server: 'linear', renewed: true }, 'Access to Linear was renewed', 'good'],
    [
      'grant-failed',
      { server: 'linear', code: 'token-exchange-access-denied' },
      'Your company has not given you access to Linear',
      'warning',
    ],
    [
      'grant-failed',
      { server: 'linear', code: 'server-step-up' },
      'Linear needs a stronger or more recent sign-in',
      'warning',
    ],
    ['grant-failed', { server: 'linear', code: 'network-name' }, 'Lanyard could not get access to Linear', 'warning'],
    ['agent-failed', { code: 'policy-missing' }, 'Lanyard was not set up yet', 'quiet'],
    ['agent-failed', { code: 'policy-invalid' }, "Your company's policy could not be used", 'bad'],
    ['agent-failed', { code: 'relay-port' }, 'Lanyard could not start', 'bad'],
    ['client-removed', { client: 'vscode' }, 'VS Code was disconnected', 'quiet'],
    ['signed-in', { subject: 'someone' }, 'Signed in', 'good'],
    ['client-added', { client: 'claude-code' }, 'Claude Code was connected', 'good'],
    ['client-added', { client: 'some-app' }, 'Some-app was connected', 'good'],
    [
      'sign-in-wanted',
      { client: 'claude-code', server: 'linear' },
      'Claude Code waits for a sign-in to use Linear',
      'warning',
    ],
    ['new-thing', { server: 'linear', detail: 'More.' }, 'New thing (Linear): More.', 'quiet'],
    ['constructor', {}, 'Constructor', 'quiet'],
  ] as const)('%s', (event, fields, text, tone) => {
    expect(describeEntry(entry(event, fields), TITLES)).toEqual({ text, tone });
  });

  it('takes out of names and reasons what would steer a terminal or turn the line round', () => {
    const evil = 'a\u001b[2J\u009b31m\u202e\u2028\nb';
    const titles = { serverTitle: () => evil, clientTitle: () => evil };
    for (const one of [
      entry('call', { method: 'tools/call', name: evil, client: 'x', server: 'x' }),
      entry('grant-failed', { server: 'x', detail: evil }),
      entry(`new-${evil}`, { detail: evil }),
    ])
      expect(describeEntry(one, titles).text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
  });

  it('keeps what is for the administrator out of the sentence', () => {
    const detail = 'Linear: the identity provider answered HTTP 400.';
    const failed = entry('grant-failed', { server: 'linear', code: 'token-exchange-access-denied', detail });
    expect(describeEntry(failed, TITLES)).toEqual({
      text: 'Your company has not given you access to Linear',
      tone: 'warning',
      detail,
    });
  });

  it('keeps the tone of an event that it does not know', () => {
    expect(describeEntry(entry('new-thing', {}, 'error'), TITLES).tone).toBe('bad');
  });
});
