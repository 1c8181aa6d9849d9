import { LanyardError } from '../../../shared/errors.ts';
import { positionAt, type TextPosition } from './text-position.ts';

/** What helps against most problems of a text. */
const MEND = 'Mend that in an editor, then try again.';

/** Why a file's text cannot be edited. Its message is a half sentence: "it is not UTF-8". */
export class TextProblem extends Error {
  /** What the person can do, as a sentence. */
  readonly next: string;
  /** The place where it does not parse. */
  readonly position: TextPosition | undefined;

  constructor(
    detail: string,
    { next = MEND, position }: { readonly next?: string; readonly position?: TextPosition } = {},
  ) {
    super(detail);
    this.name = 'TextProblem';
    this.next = next;
    this.position = position;
  }
}

/** The problem of a text that is not what its format allows, at an offset in UTF-16 units. */
export function parseProblem(text: string, offset: number, format: string, detail: string): TextProblem {
  const position = positionAt(text, offset);
  return new TextProblem(`line ${position.line}, column ${position.column} is not ${format} (${detail})`, { position });
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
