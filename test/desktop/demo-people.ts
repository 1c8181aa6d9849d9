import { createBrowser } from '../company/browser/browser.ts';

/** What the demo's sign-in page says of its people; see renderPeople in test/company/pages. */
const PERSON = /<dt>([^<]+)<\/dt><dd><code>([^<]+)<\/code>/g;

/** The people who can sign in to a demo company with their passwords, as its own sign-in page tells everybody. */
export async function peopleOnPage(address: string): Promise<ReadonlyMap<string, string>> {
  const { text } = await createBrowser().get(new URL(address));
  return new Map([...text.matchAll(PERSON)].map(([, username = '', password = '']) => [username, password]));
}
