import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fileOf, isFound } from '../../../../main/clients/apps/find.ts';
import type { Machine } from '../../../../main/clients/apps/machine.ts';
import { APPS, appOf } from '../../../../main/clients/apps/table.ts';
import { makeEntries } from '../../../../main/clients/entries.ts';
import { APP_KINDS, type AppKind } from '../../../../shared/client-kinds.ts';
import { temporaryFolder } from '../../fixtures.ts';

type Platform = 'darwin' | 'win32' | 'linux';

const MAC = 'Library/Application Support';
const WINDOWS = 'AppData/Roaming';
const CLINE = 'User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json';

/** Where each app keeps its entries, from the home folder; one path for all where they agree. */
const FILES: Readonly<Record<AppKind, string | Readonly<Record<Platform, string>>>> = {
  'claude-desktop': {
    darwin: `${MAC}/Claude/claude_desktop_config.json`,
    win32: `${WINDOWS}/Claude/claude_desktop_config.json`,
    linux: '.config/Claude/claude_desktop_config.json',
  },
  'claude-code': '.claude.json',
  vscode: {
    darwin: `${MAC}/Code/User/mcp.json`,
    win32: `${WINDOWS}/Code/User/mcp.json`,
    linux: '.config/Code/User/mcp.json',
  },
  'vscode-insiders': {
    darwin: `${MAC}/Code - Insiders/User/mcp.json`,
    win32: `${WINDOWS}/Code - Insiders/User/mcp.json`,
    linux: '.config/Code - Insiders/User/mcp.json',
  },
  cursor: '.cursor/mcp.json',
  windsurf: '.codeium/windsurf/mcp_config.json',
  zed: {
    darwin: '.config/zed/settings.json',
    win32: `${WINDOWS}/Zed/settings.json`,
    linux: '.config/zed/settings.json',
  },
  codex: '.codex/config.toml',
  'gemini-cli': '.gemini/settings.json',
  'copilot-cli': '.copilot/mcp-config.json',
  goose: {
    darwin: '.config/goose/config.yaml',
    win32: `${WINDOWS}/Block/goose/config/config.yaml`,
    linux: '.config/goose/config.yaml',
  },
  cline: {
    darwin: `${MAC}/Code/${CLINE}`,
    win32: `${WINDOWS}/Code/${CLINE}`,
    linux: `.config/Code/${CLINE}`,
  },
  'cline-cli': '.cline/data/settings/cline_mcp_settings.json',
  opencode: '.config/opencode/opencode.json',
  'lm-studio': '.lmstudio/mcp.json',
  kiro: '.kiro/settings/mcp.json',
  amp: '.config/amp/settings.json',
};

const PLATFORMS: readonly Platform[] = ['darwin', 'win32', 'linux'];

function machine(platform: Platform, env: Machine['env'] = {}): Machine & { has(...path: string[]): void } {
  const home = join(temporaryFolder(), 'home');
  const has = (...path: string[]) => {
    const file = join(home, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
  };
  return { platform, home, env, root: join(home, '..', 'root'), has };
}

function definition(kind: AppKind) {
  const app = appOf(kind);
  if (!app) throw new Error(kind);
  return app;
}

test('the table has every kind once, in their order', () => {
  expect(APPS.map(({ kind }) => kind)).toEqual(APP_KINDS);
  expect(new Set(APPS.map(({ title }) => title)).size).toBe(APPS.length);
  for (const { afterwards } of APPS) expect(afterwards).toMatch(/^[A-Z].+\.$/);
});

for (const platform of PLATFORMS)
  test.each(APP_KINDS)(`on ${platform} the file of %s is where that app looks`, async (kind) => {
    const place = machine(platform);
    const path = FILES[kind];
    expect(await fileOf(definition(kind), place)).toBe(
      join(place.home, typeof path === 'string' ? path : path[platform]),
    );
  });

test.each<readonly [AppKind, Platform, string, string]>([
  ['codex', 'linux', 'CODEX_HOME', 'config.toml'],
  ['claude-code', 'linux', 'CLAUDE_CONFIG_DIR', '.claude.json'],
  ['copilot-cli', 'win32', 'COPILOT_HOME', 'mcp-config.json'],
  ['cline-cli', 'darwin', 'CLINE_DIR', 'data/settings/cline_mcp_settings.json'],
  ['vscode', 'linux', 'XDG_CONFIG_HOME', 'Code/User/mcp.json'],
  ['opencode', 'win32', 'XDG_CONFIG_HOME', 'opencode/opencode.json'],
  ['goose', 'linux', 'XDG_CONFIG_HOME', 'goose/config.yaml'],
  ['zed', 'win32', 'APPDATA', 'Zed/settings.json'],
  ['claude-desktop', 'win32', 'APPDATA', 'Claude/claude_desktop_config.json'],
])('%s on %s follows %s, but only to an absolute folder', async (kind, platform, name, path) => {
  const moved = join(temporaryFolder(), 'moved');
  expect(await fileOf(definition(kind), machine(platform, { [name]: moved }))).toBe(join(moved, path));
  const relative = machine(platform, { [name]: 'somewhere' });
  expect(await fileOf(definition(kind), relative)).toBe(await fileOf(definition(kind), { ...relative, env: {} }));
});

test.each<readonly [AppKind, Platform, string, string]>([
  ['zed', 'darwin', `${MAC}/Zed/settings.json`, '.config/zed/settings.json'],
  ['opencode', 'linux', '.config/opencode/opencode.jsonc', '.config/opencode/opencode.json'],
  ['amp', 'linux', '.config/amp/settings.jsonc', '.config/amp/settings.json'],
  ['lm-studio', 'darwin', '.cache/lm-studio/mcp.json', '.lmstudio/mcp.json'],
])('%s on %s: of two places the one that is there counts, %s', async (kind, platform, other, usual) => {
  const place = machine(platform);
  place.has(other);
  expect(await fileOf(definition(kind), place)).toBe(join(place.home, other));
  place.has(usual);
  expect(await fileOf(definition(kind), place)).toBe(join(place.home, usual));
});

test('what the package of the Microsoft Store has taken over counts before the usual place', async () => {
  const place = machine('win32');
  const virtual = 'AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json';
  place.has('AppData/Roaming/Claude/claude_desktop_config.json');
  place.has(virtual);
  expect(await fileOf(definition('claude-desktop'), place)).toBe(join(place.home, virtual));
});

test('on an empty machine nothing is found, and every app by its own file alone', async () => {
  for (const platform of PLATFORMS) {
    const place = machine(platform);
    for (const app of APPS) expect([app.kind, await isFound(app, place)]).toEqual([app.kind, false]);
  }
  for (const app of APPS) {
    const place = machine('linux');
    place.has((await fileOf(app, place)).slice(place.home.length));
    expect([app.kind, await isFound(app, place)]).toEqual([app.kind, true]);
  }
});

test.each<readonly [AppKind, Platform, string]>([
  ['claude-desktop', 'darwin', 'Applications/Claude.app/Contents/Info.plist'],
  ['claude-desktop', 'win32', 'AppData/Local/AnthropicClaude/claude.exe'],
  ['claude-code', 'linux', '.claude/settings.json'],
  ['claude-code', 'linux', '.local/bin/claude'],
  ['codex', 'linux', '.npm-global/bin/codex'],
  ['codex', 'win32', 'AppData/Roaming/npm/codex.cmd'],
  ['vscode', 'darwin', 'Applications/Visual Studio Code.app/Contents/Info.plist'],
  ['vscode', 'win32', 'AppData/Local/Programs/Microsoft VS Code/Code.exe'],
  ['cline', 'linux', '.config/Code/User/globalStorage/saoudrizwan.claude-dev/state.json'],
  ['goose', 'linux', '.config/goose/config.yaml'],
  ['amp', 'linux', '.bun/bin/amp'],
])('%s on %s is found by %s', async (kind, platform, sign) => {
  const place = machine(platform);
  place.has(sign);
  expect(await isFound(definition(kind), place)).toBe(true);
});

test.each(['../root/usr/local/bin/codex', '../root/opt/homebrew/bin/codex', '../root/usr/bin/codex', 'tools/codex'])(
  'a program is found at %s',
  async (path) => {
    const empty = machine('linux');
    const place = { ...empty, env: { PATH: `relative:${join(empty.home, 'tools')}` } };
    empty.has(path);
    expect(await isFound(definition('codex'), place)).toBe(true);
  },
);

const URL = 'http://127.0.0.1:5693/mcp';
const HEADERS = { 'Lanyard-Key': 'lk_1' };
const COMMAND = '/opt/lanyard';
const ARGS = ['stdio', '--client', 'me'];

/** What each app reads, from the notes on clients. */
const SHAPES: Readonly<Record<AppKind, { readonly http?: object; readonly stdio: object }>> = {
  'claude-desktop': { stdio: { command: COMMAND, args: ARGS } },
  'claude-code': {
    http: { type: 'http', url: URL, headers: HEADERS },
    stdio: { type: 'stdio', command: COMMAND, args: ARGS },
  },
  vscode: {
    http: { type: 'http', url: URL, headers: HEADERS },
    stdio: { type: 'stdio', command: COMMAND, args: ARGS },
  },
  'vscode-insiders': {
    http: { type: 'http', url: URL, headers: HEADERS },
    stdio: { type: 'stdio', command: COMMAND, args: ARGS },
  },
  cursor: { http: { url: URL, headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
  windsurf: { http: { serverUrl: URL, headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
  zed: { http: { url: URL, headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
  codex: { http: { url: URL, http_headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
  'gemini-cli': { http: { type: 'http', url: URL, headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
  'copilot-cli': {
    http: { type: 'http', url: URL, headers: HEADERS, tools: ['*'] },
    stdio: { type: 'local', command: COMMAND, args: ARGS, tools: ['*'] },
  },
  goose: {
    http: { name: 'lanyard', type: 'streamable_http', uri: URL, headers: HEADERS, enabled: true, timeout: 300 },
    stdio: { name: 'lanyard', type: 'stdio', cmd: COMMAND, args: ARGS, envs: {}, enabled: true, timeout: 300 },
  },
  cline: {
    http: { type: 'streamableHttp', url: URL, headers: HEADERS, disabled: false },
    stdio: { command: COMMAND, args: ARGS, disabled: false },
  },
  'cline-cli': {
    http: { type: 'streamableHttp', url: URL, headers: HEADERS, disabled: false },
    stdio: { command: COMMAND, args: ARGS, disabled: false },
  },
  opencode: {
    http: { type: 'remote', url: URL, headers: HEADERS, oauth: false, enabled: true },
    stdio: { type: 'local', command: [COMMAND, ...ARGS], enabled: true },
  },
  'lm-studio': { http: { url: URL, headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
  kiro: { http: { url: URL, headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
  amp: { http: { url: URL, headers: HEADERS }, stdio: { command: COMMAND, args: ARGS } },
};

test.each(APP_KINDS)('the entries of %s have the form that it reads, and stdio ones hold no key', (kind) => {
  const source = {
    relayUrl: 'http://127.0.0.1:5693',
    localKey: 'lk_1',
    program: { file: COMMAND, args: [] },
    clientId: 'me',
  };
  const entry = (transport: 'http' | 'stdio') =>
    makeEntries({ servers: [], gateway: true }, definition(kind), { ...source, transport });
  const { http, stdio } = SHAPES[kind];
  expect(entry('stdio')).toEqual({ lanyard: stdio });
  expect(definition(kind).http === undefined).toBe(http === undefined);
  if (http) expect(entry('http')).toEqual({ lanyard: http });
});
