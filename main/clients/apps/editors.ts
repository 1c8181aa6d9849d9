import { join } from 'node:path';
import type { AppKind } from '../../../shared/client-kinds.ts';
import type { AppDefinition, HttpTarget, StdioTarget } from './definition.ts';
import { plainHttp, plainStdio, typedHttp, typedStdio } from './entry-shapes.ts';
import { appDataFolder, bundles, folderNamed, localAppDataFolder, localPrograms, type Machine } from './machine.ts';

/** Both builds of VS Code, which differ in their names alone. */
interface CodeBuild {
  readonly kind: AppKind;
  readonly title: string;
  /** Name of its folder of application data. */
  readonly folder: string;
  readonly bundle: string;
  readonly windows: string;
  readonly program: string;
}

// Read: paths in the vendor's package, shapes in its pages.
function codeBuild({ kind, title, folder, bundle, windows, program }: CodeBuild): AppDefinition {
  return {
    kind,
    title,
    files: (machine) => [join(appDataFolder(machine), folder, 'User', 'mcp.json')],
    place: { format: 'json', section: ['servers'] },
    stdio: typedStdio,
    http: typedHttp,
    signs: (machine) => [
      join(appDataFolder(machine), folder, 'User', 'globalStorage'),
      ...bundles(machine, bundle),
      ...localPrograms(machine, windows),
    ],
    programs: [program],
    afterwards: `Open a new chat in ${title}. If it asks whether you trust the server, agree.`,
  };
}

// Read: vendor's pages.
const cursor: AppDefinition = {
  kind: 'cursor',
  title: 'Cursor',
  files: ({ home }) => [join(home, '.cursor', 'mcp.json')],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: plainStdio,
  http: plainHttp,
  signs: (machine) => [
    join(appDataFolder(machine), 'Cursor'),
    join(machine.home, '.cursor', 'extensions'),
    ...bundles(machine, 'Cursor'),
    ...localPrograms(machine, 'cursor'),
  ],
  programs: ['cursor', 'cursor-agent'],
  afterwards: "Start Cursor again. If a server is off, turn it on in Cursor's settings under Tools & MCP.",
};

// Read: vendor's pages.
const windsurf: AppDefinition = {
  kind: 'windsurf',
  title: 'Windsurf',
  files: ({ home }) => [join(home, '.codeium', 'windsurf', 'mcp_config.json')],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: plainStdio,
  http: ({ url, headers }) => ({ serverUrl: url, headers }),
  signs: (machine) => [
    join(appDataFolder(machine), 'Windsurf'),
    join(machine.home, '.windsurf'),
    ...bundles(machine, 'Windsurf'),
    ...localPrograms(machine, 'Windsurf'),
  ],
  programs: ['windsurf'],
  afterwards: 'Press Refresh among the MCP servers of Cascade, or start Windsurf again.',
};

// Read: the folders in Zed's own source (crates/paths), also that macOS has ~/.config; other writers use Application
// Support, which therefore counts where it is alone. Shapes: vendor's pages; "source" in older ones is not needed.
const zed: AppDefinition = {
  kind: 'zed',
  title: 'Zed',
  files: (machine) => {
    const { platform, home } = machine;
    if (platform === 'win32') return [join(appDataFolder(machine), 'Zed', 'settings.json')];
    if (platform !== 'darwin') return [join(appDataFolder(machine), 'zed', 'settings.json')];
    const usual = join(home, '.config', 'zed', 'settings.json');
    return [usual, join(appDataFolder(machine), 'Zed', 'settings.json'), usual];
  },
  place: { format: 'json', section: ['context_servers'] },
  stdio: plainStdio,
  http: plainHttp,
  signs: (machine) => [
    ...(machine.platform === 'win32'
      ? [join(localAppDataFolder(machine), 'Zed')]
      : [join(machine.home, '.local', 'share', 'zed'), join(appDataFolder(machine), 'Zed', 'db')]),
    ...bundles(machine, 'Zed'),
    ...localPrograms(machine, 'Zed'),
  ],
  programs: ['zed', 'zeditor'],
  afterwards: 'Nothing: Zed notices it by itself.',
};

// Read: vendor's pages.
const kiro: AppDefinition = {
  kind: 'kiro',
  title: 'Kiro',
  files: ({ home }) => [join(home, '.kiro', 'settings', 'mcp.json')],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: plainStdio,
  http: plainHttp,
  signs: (machine) => [
    join(appDataFolder(machine), 'Kiro'),
    join(machine.home, '.kiro', 'extensions'),
    ...bundles(machine, 'Kiro'),
    ...localPrograms(machine, 'Kiro'),
  ],
  programs: ['kiro'],
  afterwards: 'Nothing: Kiro notices it by itself. If the servers do not appear, start Kiro again.',
};

const clineStdio = (target: StdioTarget) => ({ ...plainStdio(target), disabled: false });
const clineHttp = ({ url, headers }: HttpTarget) => ({ type: 'streamableHttp', url, headers, disabled: false });

const CLINE_FILE = 'cline_mcp_settings.json';

/** What the extension makes in VS Code's folder. */
const clineStorage = (machine: Machine) =>
  join(appDataFolder(machine), 'Code', 'User', 'globalStorage', 'saoudrizwan.claude-dev');

// Read: paths and shapes in the vendor's package.
const cline: AppDefinition = {
  kind: 'cline',
  title: 'Cline in VS Code',
  files: (machine) => [join(clineStorage(machine), 'settings', CLINE_FILE)],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: clineStdio,
  http: clineHttp,
  signs: (machine) => [clineStorage(machine)],
  programs: [],
  afterwards: 'Nothing: Cline notices it by itself. If the servers do not appear, reload the window of VS Code.',
};

/** The folder of Cline's command line, which `CLINE_DIR` moves. */
const clineFolder = (machine: Machine) => folderNamed('CLINE_DIR', machine) ?? join(machine.home, '.cline');

// Read: paths and shapes in the vendor's package.
const clineCli: AppDefinition = {
  kind: 'cline-cli',
  title: 'Cline CLI',
  files: (machine) => [join(clineFolder(machine), 'data', 'settings', CLINE_FILE)],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: clineStdio,
  http: clineHttp,
  signs: (machine) => [join(clineFolder(machine), 'data')],
  programs: ['cline'],
  afterwards: 'Start Cline again.',
};

/** Editors, and what lives in them. */
export const EDITOR_APPS: readonly AppDefinition[] = [
  codeBuild({
    kind: 'vscode',
    title: 'VS Code',
    folder: 'Code',
    bundle: 'Visual Studio Code',
    windows: 'Microsoft VS Code',
    program: 'code',
  }),
  codeBuild({
    kind: 'vscode-insiders',
    title: 'VS Code Insiders',
    folder: 'Code - Insiders',
    bundle: 'Visual Studio Code - Insiders',
    windows: 'Microsoft VS Code Insiders',
    program: 'code-insiders',
  }),
  cursor,
  windsurf,
  zed,
  kiro,
  cline,
  clineCli,
];
