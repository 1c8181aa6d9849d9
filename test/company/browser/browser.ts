import { type CookieJar, createCookieJar } from './cookie-jar.ts';

/** A page that was reached, after all redirects. */
export interface Loaded {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

/** A browser without a screen: it follows redirects, keeps cookies and runs no script. */
export interface Browser {
  get(url: URL): Promise<Loaded>;
  post(url: URL, fields: Iterable<readonly [string, string]>): Promise<Loaded>;
}

/** What a browser may be told. */
export interface BrowserOptions {
  readonly signal?: AbortSignal | undefined;
  /** Asked before every redirect; `false` stops there, and the redirect's target becomes the page, unread. */
  readonly mayFollow?: (target: URL) => boolean;
  /** Cookies of an earlier browser, to go on with; an empty jar when absent. */
  readonly jar?: CookieJar;
}

const MOST_REDIRECTS = 20;

/** A new browser. */
export function createBrowser(options: BrowserOptions = {}): Browser {
  const { signal, mayFollow = () => true, jar = createCookieJar() } = options;

  const request = async (url: URL, body: URLSearchParams | undefined): Promise<Response> => {
    const cookie = jar.header(url);
    const headers = { accept: 'text/html', ...(cookie !== undefined && { cookie }) };
    const init = { headers, redirect: 'manual', signal: signal ?? null } as const;
    const response = await fetch(url, body ? { ...init, method: 'POST', body } : init);
    jar.store(url, response.headers);
    return response;
  };

  const load = async (start: URL, body: URLSearchParams | undefined): Promise<Loaded> => {
    let url = start;
    let response = await request(url, body);
    for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
      const location = response.headers.get('location');
      if (!location) return { url, status: response.status, text: await response.text() };
      await response.body?.cancel();
      url = new URL(location, url);
      if (!mayFollow(url)) return { url, status: response.status, text: '' };
      response = await request(url, undefined);
    }
    throw new Error(`More than ${MOST_REDIRECTS} redirects from ${start.origin}`);
  };

  return {
    get: (url) => load(url, undefined),
    post: (url, fields) => load(url, new URLSearchParams([...fields].map(([name, value]) => [name, value]))),
  };
}
