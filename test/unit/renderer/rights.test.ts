import { expect, test } from 'vitest';
import { rightsOf } from '../../../renderer/servers/rights.ts';

const NOW = 1_000;
const asked = ['read', 'write'];

test.each([
  ['what was granted, which may be less', { kind: 'valid', expiresAt: NOW + 1, scope: 'read' }, 'Rights', ['read']],
  ['what was asked for, where nothing was said', { kind: 'valid', expiresAt: NOW + 1 }, 'Rights', asked],
  ['nothing, where that was granted', { kind: 'valid', expiresAt: NOW + 1, scope: '' }, 'Rights', []],
  ['what is asked for, without access', { kind: 'none' }, 'Rights asked for', asked],
  [
    'what is asked for, once access has ended',
    { kind: 'valid', expiresAt: NOW, scope: 'read' },
    'Rights asked for',
    asked,
  ],
] as const)('rights are %s', (_what, token, name, scopes) => {
  expect(rightsOf({ token, scopes: asked }, NOW)).toEqual({ name, scopes });
});
