import { expect, test } from 'vitest';
import { DEPTH_LIMIT, isTooDeep } from '../../../../main/relay/mcp/depth.ts';

const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test.each<readonly [string, string, boolean]>([
  ['lists at the limit', lists(DEPTH_LIMIT), false],
  ['lists beyond it', lists(DEPTH_LIMIT + 1), true],
  ['objects at the limit', objects(DEPTH_LIMIT), false],
  ['objects beyond it', objects(DEPTH_LIMIT + 1), true],
  ['both in turn', '[{"a":'.repeat(DEPTH_LIMIT), true],
  ['many side by side', `[${'[],'.repeat(5_000)}{}]`, false],
  ['brackets in a text', JSON.stringify('['.repeat(5_000)), false],
  ['brackets behind an escaped quote', `["\\"${'['.repeat(5_000)}"]`, false],
  ['brackets behind an escaped backslash', `["\\\\",${lists(DEPTH_LIMIT)}]`, true],
])('%s', (_what, text, deep) => expect(isTooDeep(text)).toBe(deep));
