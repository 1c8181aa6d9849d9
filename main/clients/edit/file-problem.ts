import { LanyardError } from '../../../shared/errors.ts';
import type { TextPosition } from './text-position.ts';

/** Why a text cannot be edited: a half sentence, and the place where it does not parse. */
export class TextProblem extends Error {
  readonly position: TextPosition | undefined;

  constructor(detail: string, position?: TextPosition) {
    super(detail);
    this.name = 'TextProblem';
    this.position = position;
  }
}

/**
 * The problem of a client's file that is left as it was.
 *
 * @param detail what is wrong, as a half sentence: "it is not UTF-8".
 * @param next what the person can do, as a sentence.
 */
export function fileProblem(path: string, detail: string, next: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'client-file',
    user: `The file ${path} cannot be edited: ${detail}. It was left as it is. ${next}`,
    administrator: `${path}: ${detail}. It was left as it is.`,
    cause,
  });
}

/** Where a client's file does not parse, of an error of this room; `undefined` for any other reason. */
export function parsePosition(error: unknown): TextPosition | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof TextProblem ? cause.position : undefined;
}
