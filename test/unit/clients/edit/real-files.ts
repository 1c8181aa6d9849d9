import type { Entries, EntryPlace, JsonValue } from '../../../../main/clients/edit/entry-place.ts';

/** A client's file as people have it; `dark` in it stands outside the section, for somebody to change. */
export interface RealFile {
  readonly place: EntryPlace;
  readonly text: string;
  /** Ours, in the client's shape. */
  readonly entries: Entries;
}

const KEY = { 'Lanyard-Key': 'lk_0123456789' };
const URL = 'http://127.0.0.1:5693/notes/mcp';

function file(format: EntryPlace['format'], section: string, text: string, entry: JsonValue): RealFile {
  return { place: { format, section: [section] }, text, entries: { 'lanyard-notes': entry, 'lanyard-tickets': entry } };
}

const HISTORY = Array.from({ length: 40 }, (_, index) => ({
  display: `Prompt ${index}: {"mcpServers": 1}`,
  pasted: {},
}));

/** By client. */
export const REAL_FILES: Readonly<Record<string, RealFile>> = {
  'Claude Desktop': file(
    'json',
    'mcpServers',
    `{
  "mcpServers": {
    "filesystem": {
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/ann/Desktop"]
    }
  },
  "globalShortcut": "",
  "theme": "dark"
}
`,
    { command: '/opt/lanyard/lanyard', args: ['stdio', 'notes', '--client', 'claude-desktop'] },
  ),
  'Claude Code with its history': file(
    'json',
    'mcpServers',
    `${JSON.stringify(
      {
        numStartups: 12,
        theme: 'dark',
        projects: { '/home/ann/work': { allowedTools: [], history: HISTORY, mcpServers: { 'lanyard-notes': {} } } },
        mcpServers: { theirs: { type: 'http', url: 'https://mcp.example.com/mcp' } },
        userID: 'c0ffee',
      },
      null,
      2,
    )}\n`,
    { type: 'http', url: URL, headers: KEY },
  ),
  'Claude Code without servers': file('json', 'mcpServers', '{\n  "theme": "dark",\n  "projects": {}\n}', {
    type: 'http',
    url: URL,
    headers: KEY,
  }),
  'VS Code': file(
    'json',
    'servers',
    `{
	// Inputs are asked for once.
	"inputs": [
		{
			"type": "promptString",
			"id": "token",
			"description": "dark token",
			"password": true
		},
	],
	"servers": {
		// "off": { "command": "x" },
		"theirs": {
			"type": "stdio",
			"command": "npx",
			"env": { "TOKEN": "\${input:token}" }
		}, // keep
		/* the end */
	},
}
`,
    { type: 'http', url: URL, headers: KEY },
  ),
  Cursor: file('json', 'mcpServers', '{\n    "mcpServers": {},\n    "note": "dark"\n}\n', { url: URL, headers: KEY }),
  Windsurf: file(
    'json',
    'mcpServers',
    '{"note":"dark","mcpServers":{"theirs":{"serverUrl":"https://mcp.example.com/"}}}',
    {
      serverUrl: URL,
      headers: KEY,
    },
  ),
  Zed: file(
    'json',
    'context_servers',
    `// Zed settings
//
// For information on how to configure Zed, see the Zed
// documentation: https://zed.dev/docs/configuring-zed
{
  "ui_font_size": 16,
  "theme": {
    "mode": "system", // or "light"
    "dark": "One Dark"
  },
  "lsp": { "rust-analyzer": { "initialization_options": { "check": { "command": "clippy" } } } }
}
`,
    { url: URL, headers: KEY },
  ),
  Codex: file(
    'toml',
    'mcp_servers',
    `# Codex
model = "gpt-5" # dark
notify = [
  "python3", # [mcp_servers.x]
  "notify.py",
]

[mcp_servers.docs]
command = "npx"
args = ["-y", "docs"]
# startup_timeout_sec = 20

[mcp_servers.docs.env]
TOKEN = 'a\\b'

[[skills.config]]
path = "/home/ann/skill"
enabled = true

[[skills.config]]
path = "/home/ann/other"

[projects."/home/ann/work"]
trust_level = "trusted"

# [mcp_servers.old]
# command = "old"
[tui]
notifications = true
`,
    { url: URL, http_headers: KEY },
  ),
  'Codex without servers': file('toml', 'mcp_servers', 'model = "gpt-5" # dark\n\n[tui]\ntheme = "x"\n', {
    command: '/opt/lanyard/lanyard',
    args: ['stdio', 'notes'],
    env: {},
  }),
  'Gemini CLI': file(
    'json',
    'mcpServers',
    '{\n   "security": {\n      "auth": { "selectedType": "oauth-personal" }\n   },\n   "ui": { "theme": "dark" },\n   "mcpServers": null\n}\n',
    { type: 'http', url: URL, headers: KEY },
  ),
  'Copilot CLI': file('json', 'mcpServers', '{\n  "note": "dark",\n  "mcpServers": {\n  }\n}\n', {
    type: 'http',
    url: URL,
    headers: KEY,
    tools: ['*'],
  }),
  Goose: file(
    'yaml',
    'extensions',
    `GOOSE_PROVIDER: anthropic # dark
GOOSE_MODEL: 'claude'
extensions:
  # built in
  developer:
    bundled: true
    enabled: true
    name: developer
    timeout: 300
    type: builtin
    # display_name: Developer

  memory:
    description: |
      Remembers.

        extensions: not here
    enabled: false
    available_tools: []
    args:
    - one
    - two

# below
slash_commands:
- command: x
  recipe_path: /home/ann/x.yaml
`,
    { name: 'Notes', type: 'streamable_http', uri: URL, headers: KEY, enabled: true, timeout: 300 },
  ),
  'Goose without extensions': file('yaml', 'extensions', 'extensions: # none\nGOOSE_MODEL: dark\n', {
    name: 'Notes',
    type: 'stdio',
    cmd: '/opt/lanyard/lanyard',
    args: ['stdio', 'notes'],
    envs: {},
    enabled: true,
    timeout: 300,
  }),
  'Goose with an empty map': file('yaml', 'extensions', 'GOOSE_MODEL: dark\nextensions: {}', {
    name: 'Notes',
    type: 'streamable_http',
    uri: URL,
    headers: KEY,
    enabled: true,
  }),
  opencode: file(
    'json',
    'mcp',
    '{\n  "$schema": "https://opencode.ai/config.json",\n  "theme": "dark", // mine\n  "mcp": {\n    "theirs": { "type": "local", "command": ["x"], "enabled": true }, // last\n  },\n}\n',
    { type: 'remote', url: URL, headers: KEY, oauth: false, enabled: true },
  ),
  Amp: file(
    'json',
    'amp.mcpServers',
    '{\n  "amp.url": "dark",\n  "amp": { "mcpServers": { "not": "here" } },\n  "amp.mcpServers": {\n    "theirs": { "command": "x", "args": [] }\n  }\n}\n',
    { url: URL, headers: KEY },
  ),
  Cline: file(
    'json',
    'mcpServers',
    '{\n  "mcpServers": {\n    "theirs": { "type": "streamableHttp", "url": "https://mcp.example.com/", "disabled": false } },\n  "note": "dark" }\n',
    { type: 'streamableHttp', url: URL, headers: KEY, disabled: false },
  ),
};

/** Other ways to write the same file; `undefined` where a format or a comment does not allow it. */
export const VARIATIONS: Readonly<Record<string, (file: RealFile) => string | undefined>> = {
  'as it is': ({ text }) => text,
  'CR LF': ({ text }) => text.replaceAll('\n', '\r\n'),
  'a byte order mark': ({ text }) => `\ufeff${text}`,
  'no newline at the end': ({ text }) => text.trimEnd(),
  'newlines at the end': ({ text }) => `${text}\n\n`,
  tabs: ({ text, place }) =>
    place.format === 'json' ? text.replaceAll(/^( +)/gm, (spaces) => '\t'.repeat(spaces.length / 2)) : undefined,
  'three spaces': ({ text, place }) =>
    place.format === 'json' ? text.replaceAll(/^( {2})+/gm, (spaces) => '   '.repeat(spaces.length / 2)) : undefined,
  'one line': ({ text, place }) =>
    place.format === 'json' && !text.includes('//') ? text.replaceAll('\n', '') : undefined,
  'comments at odd places': ({ text, place }) =>
    place.format === 'json'
      ? text.replaceAll(/([{,:])(?=[\s"])(?!\/)/g, (mark) => `/* ${mark} */${mark}/* } */`)
      : undefined,
  'a comment on top': ({ text, place }) => `${place.format === 'json' ? '//' : '#'} "${place.section[0]}": {\n${text}`,
};
