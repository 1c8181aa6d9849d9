import { expect, test } from 'vitest';
import { updateFeed } from '../../../../build/installers/update-feed.ts';

test.each([undefined, ''])('without an address (%s) there is no feed', (url) => {
  expect(updateFeed(url)).toBeUndefined();
});

test('an https address is a feed', () => {
  expect(updateFeed('https://updates.example.com/lanyard')).toEqual({
    provider: 'generic',
    url: 'https://updates.example.com/lanyard',
  });
});

test.each(['http://updates.example.com', 'https://a:b@example.com', 'file:///tmp', 'nowhere'])(
  '%s is refused',
  (url) => {
    expect(() => updateFeed(url)).toThrow('LANYARD_UPDATE_URL must be an https address');
  },
);
