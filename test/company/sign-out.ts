import { createBrowser } from './browser/browser.ts';
import type { CookieJar } from './browser/cookie-jar.ts';
import { findAlert, findForm } from './browser/form.ts';

/** Who signs out where (OpenID Connect RP-Initiated Logout section 2). */
export interface SignOutScript {
  /** The end-session address; for GET with its parameters. */
  readonly url: string | URL;
  /** Parameters to post instead. */
  readonly form?: Readonly<Record<string, string>>;
  /** The cookies of the browser that signed in; without them there is no session to end. */
  readonly jar?: CookieJar;
  readonly signal?: AbortSignal;
  /** Whether to request the redirect to the client's address; true by default. */
  readonly deliver?: boolean;
}

/** How a scripted sign-out ended. */
export interface SignOutOutcome {
  /** The last page: where `post_logout_redirect_uri` leads, or the IdP's own. */
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** The IdP showed an error instead of ending a session; the message is what it showed. */
export class SignOutRefused extends Error {
  override readonly name = 'SignOutRefused';
}

// The question whether to sign out, with room to spare.
const MOST_FORMS = 3;

/** Signs out through the company's real pages, and says yes where they ask. Throws SignOutRefused at an error page. */
export async function signOutByScript({ deliver = true, ...script }: SignOutScript): Promise<SignOutOutcome> {
  const start = new URL(script.url);
  const mayFollow = (target: URL) => deliver || target.host === start.host;
  const browser = createBrowser({ signal: script.signal, mayFollow, ...(script.jar && { jar: script.jar }) });
  let page = script.form ? await browser.post(start, Object.entries(script.form)) : await browser.get(start);
  for (let sent = 0; sent < MOST_FORMS; sent += 1) {
    const form = page.url.host === start.host ? findForm(page.text) : undefined;
    if (!form) break;
    page = await browser.post(new URL(form.action, page.url), new Map([...form.fields, ['logout', 'yes']]));
  }
  const alert = page.url.host === start.host ? findAlert(page.text) : undefined;
  if (alert !== undefined) throw new SignOutRefused(alert);
  return { url: page.url.href, status: page.status, text: page.text };
}
