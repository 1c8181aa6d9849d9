import { expect, test } from 'vitest';
import { wantedLine } from '../../../main/desktop/bridge/words.ts';
import type { AgentState, SignInView } from '../../../shared/local-api.ts';
import { signedOut } from './states.ts';

const client = { id: 'c-1', kind: 'claude-code', title: 'Claude Code', addedAt: 1, entries: [] };
const signIn = (phase: SignInView['phase']): SignInView => ({
  attempt: '1',
  method: 'browser',
  phase,
  url: 'https://idp.company.example/authorize',
  expiresAt: 1,
});
const wanted = (more: Partial<AgentState> = {}) =>
  signedOut({ clients: [client], signInWanted: { at: 1, client: 'c-1', server: 'notes' }, ...more });

const SENTENCE = 'Claude Code needs you to sign in to use Notes';

test.each<readonly [string, AgentState, string | undefined]>([
  ['no app waits', signedOut(), undefined],
  ['one does', wanted(), SENTENCE],
  ['the person is signing in', wanted({ signIn: signIn('waiting') }), undefined],
  ['a sign-in failed', wanted({ signIn: signIn('failed') }), SENTENCE],
  ['nobody knows the app', wanted({ clients: [] }), 'An app needs you to sign in to use Notes'],
  ['nobody knows the server', wanted({ servers: [] }), 'Claude Code needs you to sign in to use notes'],
])('who waits for a sign-in, where %s', (_what, state, sentence) => {
  expect(wantedLine(state)).toBe(sentence);
});
