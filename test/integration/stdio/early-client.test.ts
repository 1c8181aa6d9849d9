import { afterEach, expect, test } from 'vitest';
import type { KeyStore } from '../../../main/vault/key-store.ts';
import { keychainLocked } from '../../../main/vault/keychain-faults.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { type Child, endAllChildren, startProgram } from '../program.ts';
import { INITIALIZED, initialize, line } from './lines.ts';

let fixture: Fixture;
afterEach(async () => {
  await endAllChildren();
  await fixture.close();
});

/** A keychain that is locked until it is unlocked. */
function lockedKeyStore(): KeyStore & { unlock(): void } {
  let isLocked = true;
  let held: Buffer | null = null;
  return {
    kind: 'keychain',
    read: async () => {
      if (isLocked) throw keychainLocked();
      return held;
    },
    write: async (key) => {
      held = key;
    },
    unlock: () => {
      isLocked = false;
    },
  };
}

/** The answer to a call of `whoami`, as one line. */
async function whoAmI(child: Child, id: string): Promise<string> {
  child.stdin.write(line({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'whoami', arguments: {} } }));
  await child.printed(new RegExp(`"id":"${id}"`));
  return (
    child
      .stdout()
      .split('\n')
      .find((text) => text.includes(`"id":"${id}"`)) ?? ''
  );
}

test.each([
  ['that has called already', true],
  ['that has not', false],
])('a client from before the keychain was unlocked, %s, acts as who is signed in', async (_what, callsEarly) => {
  const keyStore = lockedKeyStore();
  fixture = await startFixture({ keyStore });
  const early = startProgram(['stdio', 'notes'], fixture);
  if (callsEarly) {
    early.stdin.write(line({ jsonrpc: '2.0', id: 'early', method: 'ping' }));
    await early.printed(/"id":"early"/);
  }
  keyStore.unlock();
  await fixture.signIn('alice');
  await initialize(early);
  early.stdin.write(line(INITIALIZED));
  expect(await whoAmI(early, 'alice')).toContain('u-alice');
  await fixture.agent.acts.signOut();
  expect(await whoAmI(early, 'nobody')).toContain('You are not signed in');
  await fixture.signIn('bob');
  const late = startProgram(['stdio', 'notes'], fixture);
  await initialize(late);
  late.stdin.write(line(INITIALIZED));
  expect(await whoAmI(late, 'bob')).toContain('u-bob');
  // The MCP session was Alice's; the client goes on in one of Bob's.
  expect(await whoAmI(early, 'after')).toContain('u-bob');
});
