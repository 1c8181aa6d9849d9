import { expect, test } from 'vitest';
import { PolicyError, parsePolicy } from '../../../main/policy/parse.ts';
import { policyDocument } from './policy-document.ts';

function issueOf(text: string): string | undefined {
  try {
    parsePolicy(text, 'policy.json');
  } catch (error) {
    if (error instanceof PolicyError) return error.issues.join();
    throw error;
  }
  return undefined;
}

test.each([
  ['{"version": yes}', 'line 1, column 13'],
  ['{\n  "version": 1,\n  "company": Example\n}', 'line 3, column 14'],
  ['{\n  "version": 1\n  "company": "x"\n}', 'line 3, column 3'],
  ['{"version": 1,}', 'line 1, column 15'],
  ['{\r\n"version": 1,\r\n// why\r\n"company": "x"}', 'line 3, column 1'],
  ["{'version': 1}", 'line 1, column 2'],
  ['{"version": 01}', 'line 1, column 14'],
  ['{"version": 1}}', 'line 1, column 15'],
  ['\uFEFFversion: 1', 'line 1, column 1'],
  ['version: 1\n', 'line 1, column 1'],
  ['{"company": "two\nlines"}', 'line 1, column 13'],
  ['{"version": 1,\n "company": "x"', 'line 2, column 16'],
  ['{"servers": [', 'line 1, column 14'],
  ['', 'line 1, column 1'],
  [' \n', 'line 2, column 1'],
])('%j: %s', (text, expected) => expect(issueOf(text)).toBe(`(top): expected JSON, which it is not at ${expected}`));

test('a syntax error beside a secret shows nothing of it', () => {
  for (const text of ['{"clientSecret": hunter2}', '{"clientSecret": "hunter2" "x": 1}', '{"clientSecret": "hunter2'])
    expect(issueOf(text)).not.toContain('hunter2');
});

test('the byte order mark that some editors write is no error', () => {
  expect(issueOf(`\uFEFF${JSON.stringify(policyDocument())}`)).toBeUndefined();
});
