import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { CLAUDE_FILE, listEntries } from '../clients/claude-code.ts';
import { atTerminal } from './claude-code.ts';
import { openScene, type Scene, signInFromWindow, windowOf } from './scene.ts';

/** A file as people have it: tabs, an order of their own, an entry that is not ours, and no line end at the end. */
const OWN_FILE =
  '{\n\t"numStartups": 3,\n\t"mcpServers": {\n\t\t"own": { "type": "http", "url": "http://127.0.0.1:9/mcp" }\n\t},\n\t"theme": "dark"\n}';

const claudeFile = ({ home }: Scene) => join(home, CLAUDE_FILE);
const theSwitch = (page: Page) => page.getByRole('switch', { name: 'Claude Code', exact: true });

async function turn(page: Page, to: 'on' | 'off'): Promise<void> {
  await theSwitch(page).click();
  await page
    .locator(`[role=switch][aria-checked=${to === 'on'}][aria-busy=false]`)
    .first()
    .waitFor();
  await expect.poll(() => theSwitch(page).getAttribute('aria-checked')).toBe(String(to === 'on'));
}

test('one switch connects Claude Code, which says so itself; the other way the file is as it was, to the byte', async () => {
  await using scene = await openScene();
  const terminal = await atTerminal(scene);
  // Somebody who uses it has run it: that is how it is found.
  await listEntries(terminal);
  await writeFile(claudeFile(scene), OWN_FILE, { mode: 0o600 });
  const page = await windowOf(await scene.launch());
  await signInFromWindow(scene, page, 'alice');
  await page.getByRole('button', { name: 'Apps', exact: true }).click();

  await turn(page, 'on');
  const written = await readFile(claudeFile(scene), 'utf8');
  expect(JSON.parse(written)).toMatchObject({ numStartups: 3, theme: 'dark', mcpServers: { own: { type: 'http' } } });
  expect((await stat(claudeFile(scene))).mode & 0o777).toBe(0o600);
  expect((await scene.state()).clients.map(({ kind }) => kind)).toEqual(['claude-code']);

  await turn(page, 'off');
  expect(await readFile(claudeFile(scene), 'utf8')).toBe(OWN_FILE);
  expect((await scene.state()).clients).toEqual([]);

  await turn(page, 'on');
  const lanyard = Object.entries(await listEntries(terminal)).filter(([name]) => name !== 'own');
  // Payroll too, which is denied to her: it says so itself, where Claude Code would otherwise try to sign in.
  expect(lanyard.map(([name]) => name).sort()).toEqual(['lanyard-notes', 'lanyard-payroll', 'lanyard-tickets']);
  for (const [, { line }] of lanyard) expect(line).toContain('✔ Connected');

  // Claude Code itself has written into its file by now; ours are gone, and what is not ours is there.
  await turn(page, 'off');
  const after = JSON.parse(await readFile(claudeFile(scene), 'utf8')) as { mcpServers: Record<string, unknown> };
  expect(Object.keys(after.mcpServers)).toEqual(['own']);
});
