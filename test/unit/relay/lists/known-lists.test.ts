import { expect, test } from 'vitest';
import { readKnown, writeKnown } from '../../../../main/relay/lists/known-lists.ts';

test('of the person nothing is written but what names them', () => {
  const session = { issuer: 'https://idp.example', subject: 'ada', idToken: 'eyJ.secret', refreshToken: 'secret' };
  const text = writeKnown(session, new Map());
  expect(text).not.toContain('secret');
  expect(readKnown(text)).toEqual({ person: { issuer: 'https://idp.example', subject: 'ada' }, known: new Map() });
});
