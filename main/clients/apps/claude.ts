import { join } from 'node:path';
import type { AppDefinition } from './definition.ts';
import { plainStdio, typedHttp, typedStdio } from './entry-shapes.ts';
import { appDataFolder, bundles, folderNamed, localAppDataFolder, type Machine } from './machine.ts';

const DESKTOP_FILE = 'claude_desktop_config.json';

/** The app's package of the Microsoft Store; what it writes to roaming data lands in there, and counts before it. */
const STORE_PACKAGE = join('Packages', 'Claude_pzs8sxrjxfjjc', 'LocalCache', 'Roaming', 'Claude');

// Read: vendor's pages. The package of the Store is not verified, so it counts only where it is there. Linux: as other
// writers have it.
const claudeDesktop: AppDefinition = {
  kind: 'claude-desktop',
  title: 'Claude Desktop',
  files: (machine) => {
    const usual = join(appDataFolder(machine), 'Claude', DESKTOP_FILE);
    if (machine.platform !== 'win32') return [usual];
    return [join(localAppDataFolder(machine), STORE_PACKAGE, DESKTOP_FILE), usual];
  },
  place: { format: 'json', section: ['mcpServers'] },
  // Entries with an address are ignored in this file, and connectors are called from the vendor's cloud.
  stdio: plainStdio,
  signs: (machine) => [
    join(appDataFolder(machine), 'Claude'),
    ...bundles(machine, 'Claude'),
    ...(machine.platform === 'win32' ? [join(localAppDataFolder(machine), 'AnthropicClaude')] : []),
  ],
  programs: ['claude-desktop'],
  afterwards: 'Quit Claude Desktop and open it again.',
  alsoServes: ['Cowork'],
};

/** `CLAUDE_CONFIG_DIR` moves the file and the folder alike. */
function claudeCodeFolders(machine: Machine): { readonly file: string; readonly folder: string } {
  const named = folderNamed('CLAUDE_CONFIG_DIR', machine);
  const { home } = machine;
  return { file: join(named ?? home, '.claude.json'), folder: named ?? join(home, '.claude') };
}

// Verified by run: file, both shapes, and CLAUDE_CONFIG_DIR, with 2.1.330 on Linux.
const claudeCode: AppDefinition = {
  kind: 'claude-code',
  title: 'Claude Code',
  files: (machine) => [claudeCodeFolders(machine).file],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: typedStdio,
  http: typedHttp,
  signs: (machine) => [claudeCodeFolders(machine).folder],
  programs: ['claude'],
  afterwards: 'Start a new session in Claude Code.',
};

/** Anthropic's apps. */
export const CLAUDE_APPS: readonly AppDefinition[] = [claudeDesktop, claudeCode];
