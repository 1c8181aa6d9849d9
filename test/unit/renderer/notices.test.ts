import { expect, test } from 'vitest';
import { isSaidByVault, saysAgentIsGone } from '../../../renderer/parts/notice-text.ts';
import { vaultHindrance } from '../../../renderer/session/vault-hindrance.ts';

const problem = (code: string) => ({ code, user: 'Sentence.', administrator: 'Exactly.' });
const vault = (status: 'ready' | 'unsaved' | 'unavailable', code: string) => ({
  vault: { keyStore: 'keychain' as const, status, problem: problem(code) },
});

test.each([
  ['ready', 'keychain-locked', undefined],
  ['unsaved', 'vault-write', undefined],
  ['unavailable', 'keychain-locked', /^Unlock your keychain first/],
  ['unavailable', 'vault-closed', /in a moment/],
  ['unavailable', 'keychain-missing', /^Ask your administrator/],
  ['unavailable', 'keychain-library-missing', /^Ask your administrator/],
] as const)('a vault that is %s (%s) hinders a sign-in: %s', (status, code, text) => {
  const said = vaultHindrance(vault(status, code));
  if (text) expect(said).toMatch(text);
  else expect(said).toBeUndefined();
});

test.each([
  ['unavailable', 'keychain-locked', 'keychain-locked', true],
  ['unavailable', 'keychain-locked', 'vault-closed', true],
  ['unavailable', 'keychain-locked', 'no-browser', false],
  ['ready', 'keychain-locked', 'keychain-locked', false],
] as const)('a vault that is %s (%s) says what the notice %s says: %s', (status, code, noticed, expected) => {
  expect(isSaidByVault(problem(noticed), vault(status, code))).toBe(expected);
});

test('a notice that there is no agent says what the face says', () => {
  expect(saysAgentIsGone(problem('agent-not-running'))).toBe(true);
  expect(saysAgentIsGone(problem('demo-failed'))).toBe(false);
});
