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

/** How a client reaches the relay: by its address, or through the shim. */
export const transportSchema = z.enum(['http', 'stdio']);

export type AppKind = z.infer<typeof appKindSchema>;
export type ClientKind = z.infer<typeof clientKindSchema>;
export type Transport = z.infer<typeof transportSchema>;
