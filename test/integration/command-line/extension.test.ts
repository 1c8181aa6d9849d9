import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getMcpConfigForManifest } from '@anthropic-ai/mcpb/node';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { connectOver } from '../mcp.ts';
import { endAllChildren, PROGRAM } from '../program.ts';

// The bundle as Claude Desktop takes it: judged and unpacked by the format's own tools, then started from its manifest.

const MCPB = join(dirname(createRequire(import.meta.url).resolve('@anthropic-ai/mcpb/cli')), 'cli', 'cli.js');

let laptop: Laptop;
let folder: string;
beforeAll(async () => {
  laptop = await createLaptop();
  folder = join(laptop.home, 'extension');
});
afterAll(async () => {
  await endAllChildren();
  await laptop.close();
});

function mcpb(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MCPB, ...args], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

test('the bundle is written without an agent, valid, and unpacks', async () => {
  // In place of the installed program: the same one, as it is built here.
  const program = join(laptop.home, 'lanyard');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  await chmod(program, 0o755);
  const file = join(laptop.home, 'Lanyard.mcpb');
  const written = await laptop.run('client', 'extension', file, '--program', program);
  expect([written.exitCode, written.stderr]).toEqual([0, '']);
  expect(mcpb('unpack', file, folder)).toMatchObject({ status: 0 });
  expect(mcpb('validate', join(folder, 'manifest.json'))).toEqual({
    status: 0,
    said: expect.stringContaining('Manifest schema validation passes'),
  });
  expect(existsSync(join(folder, 'icon.png'))).toBe(true);
});

test('what it starts answers with the tools of every server that is ready', async () => {
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  await laptop.login();
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: folder,
    systemDirs: {},
    userConfig: {},
    pathSeparator: '/',
  });
  if (!config) throw new Error('The manifest has no command');
  const env = { HOME: laptop.home, PATH: process.env.PATH ?? '' };
  const transport = new StdioClientTransport({ command: config.command, args: config.args ?? [], env });
  const client = await connectOver(transport, 'legacy');
  const { tools } = await client.listTools();
  await client.close();
  const ready = (await laptop.state()).servers.filter(({ status }) => status === 'ready');
  expect(ready.length).toBeGreaterThan(1);
  for (const { name } of ready) expect(tools.some((tool) => tool.name.startsWith(`${name}_`))).toBe(true);
});

test.each([
  [['extension', '.claude.json'], 'has to end with ".mcpb"'],
  [['extension', 'nowhere/Lanyard.mcpb'], 'could not be written'],
  [['extension', 'Lanyard.mcpb', '--program', 'bin/lanyard'], 'whole path'],
])('client %j is refused with a sentence', async (args, sentence) => {
  const { exitCode, stderr } = await laptop.run('client', ...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(sentence);
});
