import { join } from 'node:path';
import type { AppDefinition } from './definition.ts';
import { plainHttp, plainStdio, typedHttp } from './entry-shapes.ts';
import { appDataFolder, bundles, folderNamed, localPrograms, type Machine, xdgConfigFolder } from './machine.ts';

/** Seconds that goose waits for one answer of a server; it has to be said. As the vendor's own entries have it. */
const GOOSE_TIMEOUT_SECONDS = 300;

const codexFolder = (machine: Machine) => folderNamed('CODEX_HOME', machine) ?? join(machine.home, '.codex');

// Verified by run: file and both shapes, with 0.169 on Linux.
const codex: AppDefinition = {
  kind: 'codex',
  title: 'Codex',
  files: (machine) => [join(codexFolder(machine), 'config.toml')],
  place: { format: 'toml', section: ['mcp_servers'] },
  stdio: plainStdio,
  // A table named "headers" is ignored without a word.
  http: ({ url, headers }) => ({ url, http_headers: headers }),
  signs: (machine) => [codexFolder(machine)],
  programs: ['codex'],
  afterwards: 'Start a new session in Codex.',
  alsoServes: ['the Codex extension of editors'],
};

// Verified by run: file and both shapes, as "gemini mcp add" of 0.61 writes them on Linux.
const geminiCli: AppDefinition = {
  kind: 'gemini-cli',
  title: 'Gemini CLI',
  files: ({ home }) => [join(home, '.gemini', 'settings.json')],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: plainStdio,
  http: typedHttp,
  signs: ({ home }) => [join(home, '.gemini')],
  programs: ['gemini'],
  afterwards: 'Start Gemini CLI again.',
};

const copilotFolder = (machine: Machine) => folderNamed('COPILOT_HOME', machine) ?? join(machine.home, '.copilot');

// Verified by run: file and both shapes were parsed by 1.0.102 on Linux; it was not seen to connect. Read: COPILOT_HOME,
// in the vendor's pages.
const copilotCli: AppDefinition = {
  kind: 'copilot-cli',
  title: 'Copilot CLI',
  files: (machine) => [join(copilotFolder(machine), 'mcp-config.json')],
  place: { format: 'json', section: ['mcpServers'] },
  stdio: (target) => ({ type: 'local', ...plainStdio(target), tools: ['*'] }),
  http: (target) => ({ ...typedHttp(target), tools: ['*'] }),
  signs: (machine) => [copilotFolder(machine)],
  programs: ['copilot'],
  afterwards: 'Start Copilot CLI again.',
};

/** On Windows goose has a folder of its vendor. */
function gooseFolder(machine: Machine): string {
  return machine.platform === 'win32'
    ? join(appDataFolder(machine), 'Block', 'goose', 'config')
    : join(xdgConfigFolder(machine), 'goose');
}

// Read: file in the vendor's pages, shapes as other writers have them.
const goose: AppDefinition = {
  kind: 'goose',
  title: 'goose',
  files: (machine) => [join(gooseFolder(machine), 'config.yaml')],
  place: { format: 'yaml', section: ['extensions'] },
  stdio: ({ name, command, args }) => ({
    name,
    type: 'stdio',
    cmd: command,
    args,
    envs: {},
    enabled: true,
    timeout: GOOSE_TIMEOUT_SECONDS,
  }),
  http: ({ name, url, headers }) => ({
    name,
    type: 'streamable_http',
    uri: url,
    headers,
    enabled: true,
    timeout: GOOSE_TIMEOUT_SECONDS,
  }),
  signs: (machine) => [gooseFolder(machine), ...bundles(machine, 'Goose')],
  programs: ['goose'],
  afterwards: 'Start a new session in goose.',
};

// Verified by run: file and both shapes with 1.18.33 on Linux. Windows: its own source follows XDG there too.
const opencode: AppDefinition = {
  kind: 'opencode',
  title: 'opencode',
  files: (machine) => {
    const folder = join(xdgConfigFolder(machine), 'opencode');
    const usual = join(folder, 'opencode.json');
    return [usual, join(folder, 'opencode.jsonc'), usual];
  },
  place: { format: 'json', section: ['mcp'] },
  stdio: ({ command, args }) => ({ type: 'local', command: [command, ...args], enabled: true }),
  // Without "oauth" it would look for an authorization server.
  http: (target) => ({ type: 'remote', ...plainHttp(target), oauth: false, enabled: true }),
  signs: (machine) => [
    join(xdgConfigFolder(machine), 'opencode'),
    join(machine.home, '.local', 'share', 'opencode'),
    join(machine.home, '.opencode'),
  ],
  programs: ['opencode'],
  afterwards: 'Start opencode again.',
};

// Verified by run: file and shapes as "amp mcp add" writes them on Linux. Read: Windows, and the file with comments.
const amp: AppDefinition = {
  kind: 'amp',
  title: 'Amp',
  files: ({ home }) => {
    const folder = join(home, '.config', 'amp');
    const usual = join(folder, 'settings.json');
    return [usual, join(folder, 'settings.jsonc'), usual];
  },
  // One key with a dot in it, not two.
  place: { format: 'json', section: ['amp.mcpServers'] },
  stdio: plainStdio,
  http: plainHttp,
  signs: ({ home }) => [join(home, '.config', 'amp'), join(home, '.local', 'share', 'amp'), join(home, '.amp')],
  programs: ['amp'],
  afterwards: 'Start Amp again.',
};

// Read: file and shape in the vendor's pages; older installs keep everything in a cache folder.
const lmStudio: AppDefinition = {
  kind: 'lm-studio',
  title: 'LM Studio',
  files: ({ home }) => {
    const usual = join(home, '.lmstudio', 'mcp.json');
    return [usual, join(home, '.cache', 'lm-studio', 'mcp.json'), usual];
  },
  place: { format: 'json', section: ['mcpServers'] },
  stdio: plainStdio,
  http: plainHttp,
  signs: (machine) => [
    join(machine.home, '.lmstudio', 'bin'),
    join(machine.home, '.cache', 'lm-studio'),
    ...bundles(machine, 'LM Studio'),
    ...localPrograms(machine, 'LM Studio', 'lm-studio'),
  ],
  programs: ['lms', 'lm-studio'],
  afterwards: 'Turn the servers on in LM Studio, among the tools of a chat.',
};

/** Agents for the terminal, and what does not live in an editor. */
export const TERMINAL_APPS: readonly AppDefinition[] = [codex, geminiCli, copilotCli, goose, opencode, amp, lmStudio];
