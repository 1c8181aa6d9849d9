import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Era } from '../../mcp.ts';
import type { Exchange } from './exchange.ts';

/** One exchange as it stands in a file of `recorded/`, which `record.ts` writes. Texts are UTF-8. */
export interface RecordedExchange {
  readonly request: { readonly method: string; readonly headers: readonly string[]; readonly body?: string };
  readonly answer: { readonly status: number; readonly headers: readonly string[]; readonly chunks: readonly string[] };
}

/** What an SDK client and an SDK server of an era said to each other. */
export async function readRecorded(era: Era): Promise<readonly Exchange[]> {
  const text = await readFile(join(import.meta.dirname, 'recorded', `${era}.jsonl`), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { request, answer } = JSON.parse(line) as RecordedExchange;
      const { method, headers, body } = request;
      return {
        request: { method, headers, ...(body !== undefined && { body: Buffer.from(body) }) },
        answer: { ...answer, chunks: answer.chunks.map((chunk) => Buffer.from(chunk)) },
      };
    });
}
