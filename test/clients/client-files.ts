import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { localPaths } from '../../shared/paths.ts';
import type { Sandbox } from './sandbox.ts';

const claudeFileSchema = z.looseObject({
  mcpServers: z
    .record(
      z.string(),
      z.looseObject({
        url: z.string().optional(),
        headers: z.record(z.string(), z.string()).optional(),
        command: z.string().optional(),
        args: z.array(z.string()).optional(),
      }),
    )
    .default({}),
});

/** What Claude Code's own file says, as far as MCP goes; everything else in it is kept as it is. */
export type ClaudeFile = z.infer<typeof claudeFileSchema>;

/** Reads Claude Code's own file. */
export function readClaudeFile(file: string): ClaudeFile {
  return claudeFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Permission bits of a file, as in 0o600. */
export function modeOf(file: string): number {
  return lstatSync(file).mode & 0o777;
}

/** The files of a home folder, without the agent's own, that contain one of these texts. */
export function filesThatHold(sandbox: Sandbox, texts: readonly string[]): readonly string[] {
  const { state } = localPaths(sandbox.home);
  return filesBelow(sandbox.home)
    .filter((file) => !file.startsWith(state))
    .filter((file) => {
      const content = readFileSync(file, 'utf8');
      return texts.some((text) => content.includes(text));
    });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
