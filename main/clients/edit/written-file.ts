import { z } from 'zod';

/** Longest text of an empty section that is kept, in characters: more than white space and a bracket it never is. */
export const BLANK_LIMIT_CHARACTERS = 1_000;

/**
 * What has to be known to take entries out of a client's file again; kept in the registry of clients. Nothing in it is
 * secret. Of a file from before this was kept, `{ names, made, hash: '' }` is enough.
 */
export const writtenFileSchema = z.object({
  /** Names of the entries we wrote. Only these are ever replaced or removed. */
  names: z.array(z.string()),
  /** What had to be made for them; it goes with them if nothing else is in it. */
  made: z.enum(['file', 'section', 'nothing']),
  /** Folders that had to be made, outermost first; absolute paths. */
  madeFolders: z.array(z.string()).optional(),
  /** SHA-256 of the file as we left it, in hex: if it still is, undo puts the bytes from before back. */
  hash: z.string(),
  /** The copy of the file from before, absolute path; absent where there was no file. */
  backup: z.string().optional(),
  /** SHA-256 of that copy, in hex. A copy that differs is not put back. */
  backupHash: z.string().optional(),
  /** Permission bits of the file before; others lose theirs while our entries are in it. */
  mode: z.number().int().min(0).max(0o777).optional(),
  /** How many levels were there before, of the root and the keys of the section; absent where all were. */
  levels: z.number().int().min(0).optional(),
  /** How the innermost of them was written if nothing was in it: `{ }`, `null` or nothing at all. */
  blank: z.string().max(BLANK_LIMIT_CHARACTERS).optional(),
});

/** See {@link writtenFileSchema}. */
export type WrittenFile = Readonly<z.infer<typeof writtenFileSchema>>;
