import { z } from 'zod';

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
export const appKindSchema = z.enum(APP_KINDS);

/** Clients we can connect; `snippet` prints what to paste for any other one. */
export const clientKindSchema = z.enum([...APP_KINDS, 'snippet']);

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

/** How a client reaches the relay: by its address, or through the shim. */
export const transportSchema = z.enum(['http', 'stdio']);

export type AppKind = z.infer<typeof appKindSchema>;
export type LinkKind = (typeof LINK_KINDS)[number];
export type ClientKind = z.infer<typeof clientKindSchema>;
export type Transport = z.infer<typeof transportSchema>;
