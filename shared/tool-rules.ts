import { z } from 'zod';

/** Patterns in one list; no server known to us has more tools. */
const PATTERN_LIMIT = 500;

/** Longest pattern, in characters. Tool names have at most 128 (MCP 2025-11-25, server/tools). */
const PATTERN_LENGTH_LIMIT = 256;

const patterns = z
  .array(
    z
      .string({ error: 'the name of a tool, where "*" stands for any characters' })
      .min(1, 'the name of a tool, not empty')
      .max(PATTERN_LENGTH_LIMIT, `at most ${PATTERN_LENGTH_LIMIT} characters`),
    { error: 'a list of tool names' },
  )
  .max(PATTERN_LIMIT, `at most ${PATTERN_LIMIT} names`);

/** Which tools of a server may be used. Names are compared letter by letter; `*` stands for any run of characters. */
export const toolRulesSchema = z.strictObject(
  {
    /** Only these; an empty list allows none. */
    allow: patterns.optional(),
    /** None of these, whatever `allow` says. */
    deny: patterns.optional(),
    /** Only tools whose annotations say `readOnlyHint: true`. */
    readOnly: z.boolean({ error: 'true or false' }).optional(),
  },
  { error: 'an object with allow, deny or readOnly' },
);

/** See {@link toolRulesSchema}. */
export type ToolRules = Readonly<z.infer<typeof toolRulesSchema>>;
