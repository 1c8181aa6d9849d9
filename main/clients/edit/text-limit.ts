import { TextProblem } from './file-problem.ts';

const CHARACTERS_PER_KIB = 1024;

/** See {@link checkLength}. */
const TEXT_LIMIT_KIB = 64;

/**
 * Refuses a TOML or YAML text that is too long to be parsed while the agent answers nobody else. Their parsers give
 * every word a node of its own, and take a hundred times as long as the engine's own for JSON; the apps that have such
 * a file keep settings in it and nothing else, a few KiB. JSON has no such limit: Claude Code keeps its history there.
 *
 * @throws {TextProblem}
 */
export function checkLength(text: string): void {
  if (text.length > TEXT_LIMIT_KIB * CHARACTERS_PER_KIB)
    throw new TextProblem(`it is larger than ${TEXT_LIMIT_KIB} KiB`, { next: 'Make it smaller, then try again.' });
}
