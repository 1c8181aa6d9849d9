/** The cookies of one scripted browser, by origin and path; enough for the company's own pages. */
export interface CookieJar {
  /** Takes over the `Set-Cookie` headers of an answer. */
  store(url: URL, headers: Headers): void;
  /** The `Cookie` header for a request; undefined when there is none to send. */
  header(url: URL): string | undefined;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
}

/** An empty jar. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>();
  return {
    store: (url, headers) => {
      for (const line of headers.getSetCookie()) {
        const { cookie, isExpired } = parseSetCookie(line, url);
        const key = `${cookie.host} ${cookie.path} ${cookie.name}`;
        if (isExpired) cookies.delete(key);
        else cookies.set(key, cookie);
      }
    },
    header: (url) => {
      const fitting = [...cookies.values()].filter(({ host, path }) => host === url.host && fits(url.pathname, path));
      return fitting.length > 0 ? fitting.map(({ name, value }) => `${name}=${value}`).join('; ') : undefined;
    },
  };
}

function parseSetCookie(line: string, url: URL): { cookie: Cookie; isExpired: boolean } {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  const attribute = (name: string) =>
    attributes.find((one) => one.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const expires = attribute('expires');
  const isExpired = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
  const path = attribute('path') ?? '/';
  // Cookies ignore ports (RFC 6265 section 8.5); a jar that respects them keeps the company's servers apart.
  return { cookie: { name: pair.slice(0, equals), value: pair.slice(equals + 1), host: url.host, path }, isExpired };
}

/** Path matching as in RFC 6265 section 5.1.4. */
function fits(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
