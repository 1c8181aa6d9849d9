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
  /** The half sentence with what only an administrator reads. */
  readonly exact: string;

  constructor(
    detail: string,
    {
      next = MEND,
      position,
      exact = detail,
    }: { readonly next?: string; readonly position?: TextPosition; readonly exact?: string } = {},
  ) {
    super(detail);
    this.name = 'TextProblem';
    this.next = next;
    this.position = position;
    this.exact = exact;
  }
}

/** The problem of a text that is not what its format allows, at an offset in UTF-16 units. */
export function parseProblem(text: string, offset: number, format: string, detail: string): TextProblem {
  const position = positionAt(text, offset);
  const sentence = `line ${position.line}, column ${position.column} is not ${format}`;
  return new TextProblem(sentence, { position, exact: `${sentence} (${detail})` });
}

/**
 * The problem of a client's file that is left as it was.
 *
 * @param detail what is wrong, as a half sentence: "it is not UTF-8".
 * @param next what the person can do, as a sentence.
 * @param exact what is wrong, with what only an administrator reads.
 */
export function fileProblem(path: string, detail: string, next: string, cause?: unknown, exact = detail): LanyardError {
  return new LanyardError({
    code: 'client-file',
    user: `The file ${path} cannot be edited: ${detail}. It was left as it is. ${next}`,
    administrator: `${path}: ${exact}. It was left as it is.`,
    cause,
  });
}

/** The problem of a file that its owner may not write either: somebody wants it to stay as it is. */
export function readOnlyProblem(path: string): LanyardError {
  return new LanyardError({
    code: 'client-file',
    user: `Lanyard may not change the file ${path}. It is read-only; your administrator may have locked it.`,
    administrator: `${path}: it is read-only. It was left as it is.`,
  });
}

/** Where a client's file does not parse, of an error of this room; `undefined` for any other reason. */
export function parsePosition(error: unknown): TextPosition | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof TextProblem ? cause.position : undefined;
}
