import { expect, test } from 'vitest';
import { mayAsk } from '../../../../main/desktop/updates/feed-requests.ts';

const FEED = 'https://updates.example.com/lanyard';
const LOOPBACK = 'http://127.0.0.1:4000/lanyard';

test.each([
  ['https://updates.example.com/lanyard/latest.yml', FEED, true],
  ['https://mirror.example.com/latest.yml', FEED, true],
  ['http://updates.example.com/lanyard/latest.yml', FEED, false],
  ['http://mirror.example.com/latest.yml', FEED, false],
  ['http://127.0.0.1:4000/latest.yml', FEED, false],
  ['file:///etc/passwd', FEED, false],
  ['nonsense', FEED, false],
  ['http://127.0.0.1:4000/lanyard/latest.yml', LOOPBACK, true],
  ['http://127.0.0.1:4001/latest.yml', LOOPBACK, false],
  ['http://mirror.example.com/latest.yml', LOOPBACK, false],
  ['https://mirror.example.com/latest.yml', LOOPBACK, true],
  ['http://updates.example.com/latest.yml', 'http://updates.example.com', false],
  ['http://updates.example.com/latest.yml', '', false],
])('%s, of the feed %s: %s', (url, feed, expected) => {
  expect(mayAsk(url, feed)).toBe(expected);
});
