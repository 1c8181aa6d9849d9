// Apart from the schemas, so that the window's page needs no zod.

/** Desktop MCP clients whose files Lanyard knows; the window calls them apps. */
export const APP_KINDS = [
  'claude-desktop',
  'claude-code',
  'vscode',
  'vscode-insiders',
  'cursor',
  'windsurf',
  'zed',
  'codex',
  'gemini-cli',
  'copilot-cli',
  'goose',
  'cline',
  'cline-cli',
  'opencode',
  'lm-studio',
  'kiro',
  'amp',
] as const;

/** See {@link APP_KINDS}. */
export type AppKind = (typeof APP_KINDS)[number];

/** How the apps are called, also where nothing else is known of one any more. */
export const APP_TITLES: Readonly<Record<AppKind, string>> = {
  'claude-desktop': 'Claude Desktop',
  'claude-code': 'Claude Code',
  vscode: 'VS Code',
  'vscode-insiders': 'VS Code Insiders',
  cursor: 'Cursor',
  windsurf: 'Windsurf',
  zed: 'Zed',
  codex: 'Codex',
  'gemini-cli': 'Gemini CLI',
  'copilot-cli': 'Copilot CLI',
  goose: 'goose',
  cline: 'Cline in VS Code',
  'cline-cli': 'Cline CLI',
  opencode: 'opencode',
  'lm-studio': 'LM Studio',
  kiro: 'Kiro',
  amp: 'Amp',
};

/** Apps that have addresses which offer an entry there. */
export const LINK_KINDS = ['vscode', 'vscode-insiders', 'cursor', 'lm-studio'] as const satisfies readonly AppKind[];

/** See {@link LINK_KINDS}. */
export type LinkKind = (typeof LINK_KINDS)[number];
