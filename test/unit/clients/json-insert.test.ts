import { expect, test } from 'vitest';
import { insertEntries } from '../../../main/clients/json-insert.ts';

const OURS = { ours: { a: 1, b: ['x'] } };
const ON_ONE_LINE = '"ours": {"a":1,"b":["x"]}';

test.each<readonly [string, string, string]>([
  [
    'entries that share a line in a file of many',
    '{\n  "mcpServers": { "theirs": {"x" :1} },\n  "z": 1\n}\n',
    `{\n  "mcpServers": { "theirs": {"x" :1}, ${ON_ONE_LINE} },\n  "z": 1\n}\n`,
  ],
  [
    'several that share a line',
    '{\n\t"mcpServers": {"one": 1, "two": 2}\n}',
    `{\n\t"mcpServers": {"one": 1, "two": 2, ${ON_ONE_LINE}}\n}`,
  ],
  ['a file on one line', '{"mcpServers":{"theirs":1},"z":1}', `{"mcpServers":{"theirs":1, ${ON_ONE_LINE}},"z":1}`],
  [
    'entries on lines of their own',
    '{\n  "mcpServers": {\n    "theirs": 1\n  }\n}\n',
    '{\n  "mcpServers": {\n    "theirs": 1,\n    "ours": {\n      "a": 1,\n      "b": [\n        "x"\n      ]\n    }\n  }\n}\n',
  ],
])('%s get company in their own style', (_what, before, after) => {
  expect(insertEntries(before, 'mcpServers', OURS)).toBe(after);
});
