import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judgeGeneration } from '../../../main/vault/generation.ts';
import { openVault } from '../../../main/vault/vault.ts';
import { endAllChildren } from '../program.ts';
import { startVault } from './vault-commands.ts';

const KILLS = 60;

const key = randomBytes(32);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-'));
});
afterEach(async () => {
  await endAllChildren();
  rmSync(folder, { recursive: true, force: true });
});

/** The number in a generation; `undefined` where the file is missing or unreadable. */
function numberIn(name: string): number | undefined {
  if (!readdirSync(folder).includes(name)) return undefined;
  const generation = judgeGeneration(readFileSync(join(folder, name), 'utf8'), key);
  return generation.kind === 'good' ? generation.contents.session?.provedAt : undefined;
}

test(`a vault whose process is killed in the middle of writing, ${KILLS} times, loses nothing that was told as kept`, async () => {
  const keyStore = { kind: 'keychain' as const, read: async () => key, write: async () => {} };
  let leftHalfDone = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { child } = startVault({ folder, key });
    child.stdin.write('{"act":"count"}\n');
    await child.printed(/\n/);
    // Every kill comes at another moment of a write.
    await delay(kill % 7, undefined);
    await child.end('SIGKILL');
    const kept = Number(child.stdout().trim().split('\n').at(-1));

    leftHalfDone += readdirSync(folder).filter((name) => name.endsWith('.tmp')).length;
    const present = numberIn('vault.json') ?? 0;
    expect([kept, kept + 1]).toContain(present);
    if (present > 1) expect([present - 1, present]).toContain(numberIn('vault.previous.json'));
    const vault = await openVault(join(folder, 'vault.json'), keyStore);
    expect(vault).toMatchObject({ restored: false, setAside: undefined });
    expect(vault.contents.session?.provedAt).toBe(present);
  }
  // Otherwise no kill came in the middle of anything.
  expect(leftHalfDone).toBeGreaterThan(0);
  expect(readdirSync(folder).sort()).toEqual(['vault.json', 'vault.previous.json']);
});
