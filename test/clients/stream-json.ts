import { z } from 'zod';

// `claude --output-format stream-json` writes one JSON object per line. Kinds and fields come and go between
// versions, so only what the tests look at is described and everything else is let through.

const initSchema = z.looseObject({
  type: z.literal('system'),
  subtype: z.literal('init'),
  tools: z.array(z.string()),
  mcp_servers: z.array(z.looseObject({ name: z.string(), status: z.string() })),
});

const resultBlockSchema = z.looseObject({
  type: z.literal('tool_result'),
  content: z.unknown(),
  is_error: z.boolean().optional(),
});

const userSchema = z.looseObject({
  type: z.literal('user'),
  message: z.looseObject({ content: z.array(z.unknown()) }),
});

const resultSchema = z.looseObject({ type: z.literal('result'), is_error: z.boolean() });

/** What one run of `claude -p` did, as far as its stream tells. */
export interface ClaudeRun {
  /** Names of the tools that the session offered. */
  readonly tools: readonly string[];
  /** Status of each MCP server entry, by its name. */
  readonly servers: Readonly<Record<string, string>>;
  /** Tool results in the order they came: their content as JSON text, and whether they were errors. */
  readonly toolResults: readonly { readonly content: string; readonly isError: boolean }[];
  /** Whether the run ended with a result that is no error. */
  readonly succeeded: boolean;
}

/** Reads a whole stream. Lines of unknown kinds, and sentences between them, are skipped. */
export function readStream(output: string): ClaudeRun {
  const events = output.split('\n').flatMap(readLine);
  const init = matching(events, initSchema)[0];
  const blocks = matching(events, userSchema).flatMap(({ message }) => matching(message.content, resultBlockSchema));
  const result = matching(events, resultSchema).at(-1);
  return {
    tools: init?.tools ?? [],
    servers: Object.fromEntries((init?.mcp_servers ?? []).map(({ name, status }) => [name, status])),
    toolResults: blocks.map(({ content, is_error }) => ({
      content: JSON.stringify(content),
      isError: is_error === true,
    })),
    succeeded: result?.is_error === false,
  };
}

function readLine(line: string): readonly unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

function matching<T>(values: readonly unknown[], schema: z.ZodType<T>): T[] {
  return values.flatMap((value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}
