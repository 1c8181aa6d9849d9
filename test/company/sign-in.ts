import { type Browser, createBrowser, type Loaded } from './browser/browser.ts';
import type { CookieJar } from './browser/cookie-jar.ts';
import { findAlert, findForm, findLink } from './browser/form.ts';

/** Who signs in where. */
export interface SignInScript {
  /** The authorization URL that a browser would be sent to. */
  readonly url: string | URL;
  readonly username: string;
  readonly password: string;
  /** What to type where a one-time code is asked for. */
  readonly otp?: string;
  readonly signal?: AbortSignal;
  /** Leaves the page by its Cancel link instead of signing in. */
  readonly cancel?: boolean;
  /** Whether to request the redirect to the client's loopback address; true by default. */
  readonly deliver?: boolean;
  /** Cookies of a browser that is used on; a new browser when absent. */
  readonly jar?: CookieJar;
}

/** How a scripted sign-in ended. */
export interface SignInOutcome {
  /** Where the IdP sent the browser: the redirect URI with `code`, `state` and `iss`, or with `error`. */
  readonly callbackUrl: string;
  /** What the client's loopback listener answered; 303 with no text when not delivered. */
  readonly status: number;
  readonly text: string;
}

/** Who connects a device. */
export interface DeviceScript {
  /** `verification_uri`, with `userCode`; or `verification_uri_complete` alone (RFC 8628 section 3.2). */
  readonly url: string | URL;
  readonly userCode?: string;
  readonly username: string;
  readonly password: string;
  readonly signal?: AbortSignal;
  /** Refuses at the page that shows the code. */
  readonly deny?: boolean;
}

/** The sign-in page did not let somebody in; the message is what it showed. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

// Sign-in, consent and the device's two forms, with room to spare; a script that needs more goes in circles.
const MOST_FORMS = 8;

/**
 * Signs in through the company's real pages with plain requests, up to and including the redirect to the
 * client's loopback listener. Throws SignInRefused with the page's own words when it stays on a page.
 */
export async function signInByScript(script: SignInScript): Promise<SignInOutcome> {
  const start = new URL(script.url);
  const isCallback = (url: URL) => url.host !== start.host;
  const mayFollow = (target: URL) => (script.deliver ?? true) || !isCallback(target);
  const browser = createBrowser({ signal: script.signal, mayFollow, ...(script.jar && { jar: script.jar }) });
  const first = await browser.get(start);
  const link = script.cancel ? findLink(first.text, 'Cancel') : undefined;
  const last = link ? await browser.get(new URL(link, first.url)) : await fillForms(browser, first, isCallback, script);
  if (!isCallback(last.url)) throw new SignInRefused(findAlert(last.text) ?? `Stayed at ${last.url.pathname}`);
  return { callbackUrl: last.url.href, status: last.status, text: last.text };
}

/** Connects a device through the company's real pages; returns the last page. */
export async function approveDeviceByScript(script: DeviceScript): Promise<{ status: number; text: string }> {
  const browser = createBrowser({ signal: script.signal });
  const first = await browser.get(new URL(script.url));
  const last = await fillForms(browser, first, () => false, script);
  const alert = findAlert(last.text);
  if (alert !== undefined && !script.deny) throw new SignInRefused(alert);
  return { status: last.status, text: last.text };
}

type Answers = Pick<DeviceScript, 'username' | 'password' | 'userCode' | 'deny'> & Pick<SignInScript, 'otp'>;

/** Fills in and sends form after form until a page has none, shows an alert, or is the end. */
async function fillForms(
  browser: Browser,
  first: Loaded,
  isEnd: (url: URL) => boolean,
  answers: Answers,
): Promise<Loaded> {
  let page = first;
  for (let sent = 0; sent < MOST_FORMS; sent += 1) {
    const form = isEnd(page.url) ? undefined : findForm(page.text);
    if (!form || findAlert(page.text) !== undefined) return page;
    page = await browser.post(new URL(form.action, page.url), filled(form.fields, answers));
  }
  throw new SignInRefused(`Still asked after ${MOST_FORMS} forms`);
}

function filled(fields: ReadonlyMap<string, string>, answers: Answers): Map<string, string> {
  const values = new Map(fields);
  if (fields.has('username')) values.set('username', answers.username);
  if (fields.has('password')) values.set('password', answers.password);
  if (fields.has('otp') && answers.otp) values.set('otp', answers.otp);
  if (fields.has('user_code') && answers.userCode) values.set('user_code', answers.userCode);
  if (fields.has('confirm') && answers.deny) values.set('abort', 'yes');
  return values;
}
