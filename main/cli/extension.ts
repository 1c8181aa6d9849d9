import { writeFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { LanyardError } from '../../shared/errors.ts';
import { PRODUCT } from '../../shared/product.ts';
import type { CliContext } from './context.ts';
import { type ExtensionPlatform, extensionBundle, INSTALLED_PROGRAMS } from './extension-bundle.ts';

/** What Claude Desktop opens as an extension. */
const SUFFIX = '.mcpb';

/** Options of `lanyard client extension`. */
export interface ExtensionOptions {
  /** Where the program is on computers of this system, if not where the installers put it. */
  readonly program?: string;
}

function notAFile(user: string, administrator: string, cause?: unknown): LanyardError {
  return new LanyardError({ code: 'extension-file', user, administrator, cause });
}

/**
 * `lanyard client extension`: writes the extension for Claude Desktop. It needs no agent, and the bundle holds no key.
 *
 * @throws {LanyardError} `extension-file`
 */
export async function writeExtension({ out }: CliContext, file: string, { program }: ExtensionOptions): Promise<void> {
  if (!file.toLowerCase().endsWith(SUFFIX))
    throw notAFile(
      `The extension's file has to end with "${SUFFIX}": lanyard client extension ${PRODUCT.command}${SUFFIX}`,
      `"${file}" does not end with "${SUFFIX}".`,
    );
  if (program !== undefined && !isAbsolute(program))
    throw notAFile(
      'Give the whole path of the program: Claude Desktop starts it from a folder of its own.',
      `"${program}" is not an absolute path.`,
    );
  const isKnown = Object.hasOwn(INSTALLED_PROGRAMS, process.platform);
  const programs = program !== undefined && isKnown ? { [process.platform as ExtensionPlatform]: program } : {};
  await writeFile(file, extensionBundle(programs)).catch((error: NodeJS.ErrnoException) => {
    throw notAFile(
      `The extension could not be written to ${file}.`,
      `Writing ${file} failed (${error.code ?? error.message}).`,
      error,
    );
  });
  out(
    `Wrote ${file}. Open it with Claude Desktop, or upload it where your organisation's extensions are managed.\n` +
      `It starts the ${PRODUCT.name} that is installed on each computer and holds no key.\n`,
  );
}
