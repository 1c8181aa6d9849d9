import { expect, test } from 'vitest';
import { viewTools } from '../../../main/agent/server-tools.ts';
import { LOCAL_BODY_LIMIT_BYTES } from '../../../shared/local-api.ts';

test('tools are shown with their titles, and with what policy and server say of them', () => {
  const tools = [
    { name: 'read', title: 'Read it', description: 'Reads.', annotations: { readOnlyHint: true } },
    { name: 'write', annotations: { title: 'Write it', readOnlyHint: false } },
    { name: 'erase', title: 5, description: ['no text'] },
  ];
  expect(viewTools(tools, { deny: ['erase'] })).toEqual([
    { name: 'read', title: 'Read it', description: 'Reads.', isAllowed: true, isReadOnly: true },
    { name: 'write', title: 'Write it', isAllowed: true, isReadOnly: false },
    { name: 'erase', isAllowed: false, isReadOnly: false },
  ]);
  expect(viewTools(tools, { readOnly: true }).map(({ isAllowed }) => isAllowed)).toEqual([true, false, false]);
  expect(viewTools(tools, undefined).every(({ isAllowed }) => isAllowed)).toBe(true);
});

test('a list that is far too long still has room in an answer', () => {
  const tool = { name: 'x'.repeat(5_000), title: '\u0001'.repeat(5_000), description: 'é'.repeat(100_000) };
  const shown = viewTools(Array<typeof tool>(2_000).fill(tool), undefined);
  expect(shown.length).toBeGreaterThan(50);
  expect(shown[0]?.description?.length).toBeLessThan(500);
  expect(Buffer.byteLength(JSON.stringify(shown))).toBeLessThan(LOCAL_BODY_LIMIT_BYTES);
});
