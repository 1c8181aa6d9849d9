import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { KeyStore } from '../../../main/vault/key-store.ts';
import { openVault, type Vault } from '../../../main/vault/vault.ts';
import { problemOf } from '../../../shared/errors.ts';
import type { Answer, Command } from './vault-commands.ts';

// A vault in a process of its own, which can be killed, run as another user or see another disk. Takes a path and a
// key; then a JSON line with a command on stdin gets a JSON line on stdout.

const [path = '', keyText = ''] = process.argv.slice(2);
const key = Buffer.from(keyText, 'base64');
const keyStore: KeyStore = { kind: 'keychain', read: async () => key, write: async () => {} };

let vault: Vault = await openVault(path, keyStore);

/** Counts upwards in the vault, for ever, and says each number once it is on disk. */
async function count(): Promise<never> {
  for (let number = (vault.contents.session?.provedAt ?? 0) + 1; ; number += 1) {
    const session = { issuer: 'i', subject: 's', idToken: 'x'.repeat(2_000), idTokenExpiresAt: 0, provedAt: number };
    await vault.update((contents) => ({ ...contents, session }));
    process.stdout.write(`${number}\n`);
  }
}

/** Does what it is told; gives what a script printed. */
async function act(command: Command): Promise<string | undefined> {
  if (command.act === 'run') return execFileSync('sh', ['-c', command.script], { encoding: 'utf8', stdio: 'pipe' });
  if (command.act === 'reopen') vault = await openVault(path, keyStore);
  if (command.act === 'close') await vault.settled();
  if (command.act === 'count') await count();
  if (command.act === 'add') {
    const issued = { subject: 's', accessToken: 'a', tokenType: 'Bearer', mintedAt: 0, expiresAt: 0 } as const;
    const grant = { ...issued, resource: 'r', authorizationServer: 'a' };
    await vault.update((contents) => ({ ...contents, grants: { ...contents.grants, [command.grant]: grant } }));
  }
  return undefined;
}

for await (const line of createInterface({ input: process.stdin })) {
  const done = await act(JSON.parse(line) as Command).then(
    (printed) => ({ printed }),
    (error: unknown) => ({ problem: problemOf(error) }),
  );
  const { contents, unsaved, restored, setAside } = vault;
  const answer: Answer = { ...done, unsaved, restored, setAside, grants: Object.keys(contents.grants) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
