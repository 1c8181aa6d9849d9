import { isSecureUrl } from '../../../shared/urls.ts';

/**
 * Whether the updater may ask this address: https anywhere (what is loaded must have the checksum that the feed names),
 * and a feed on loopback its own origin. electron-updater itself follows a redirect from https to plain http, where
 * anybody on the way could name another checksum.
 *
 * @param feed the feed's own address.
 */
export function mayAsk(url: string, feed: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' || (isSecureUrl(feed) && origin === new URL(feed).origin);
}
