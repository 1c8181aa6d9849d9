import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { Protocol } from 'electron';
import { CONTENT_SECURITY_POLICY } from './content-security-policy.ts';
import { PAGE_SCHEME } from './page-address.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The file behind an address of our scheme, or `undefined` where there is none: other host, other kind, outside. */
export function fileOfAddress(address: string, folder: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, pathname } = new URL(address);
  if (protocol !== `${PAGE_SCHEME}:` || host !== 'window') return undefined;
  if (!(extname(pathname) in MEDIA_TYPES) || /%|\\|\0/.test(pathname)) return undefined;
  const file = normalize(join(folder, pathname));
  return file.startsWith(folder + sep) ? file : undefined;
}

/** Serves the page's files under our scheme, each with the content security policy. */
export function servePage(protocol: Protocol, folder: string): void {
  protocol.handle(PAGE_SCHEME, async ({ url, method }) => {
    const file = method === 'GET' ? fileOfAddress(url, folder) : undefined;
    const body = file && (await readFile(file).catch(() => undefined));
    if (!file || !body) return new Response('Not found', { status: 404, headers: { 'content-type': 'text/plain' } });
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': MEDIA_TYPES[extname(file)] ?? 'text/plain',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      },
    });
  });
}
