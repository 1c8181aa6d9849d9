import { PRODUCT } from '../../shared/product.ts';

/** What the browser shows after it came back to us. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
}

/** Every way a callback can end, in words for the person in front of the browser. */
export const PAGES = {
  signedIn: {
    status: 200,
    title: 'You are signed in',
    text: `${PRODUCT.name} keeps your apps connected from here on. You can close this tab.`,
  },
  cancelled: {
    status: 200,
    title: 'Sign-in cancelled',
    text: `Nothing was changed. To try again, press Sign in in ${PRODUCT.name}. You can close this tab.`,
  },
  foreign: {
    status: 400,
    title: 'Not a sign-in of ours',
    text: `This page was opened by something other than the sign-in that ${PRODUCT.name} is waiting for. Nothing was changed. If you did not follow a strange link, go back to the sign-in page and finish there.`,
  },
  over: {
    status: 400,
    title: 'This sign-in is over',
    text: `It was already used, was cancelled, or took too long. Nothing was changed. To sign in, press Sign in in ${PRODUCT.name}.`,
  },
  signOutOver: {
    status: 400,
    title: 'This page has had its use',
    text: `It works once, and for a minute. You are signed out of ${PRODUCT.name} in any case; to end the sign-in of this browser too, sign out where you sign in.`,
  },
  signInAddressOver: {
    status: 400,
    title: 'This address has had its use',
    text: `It begins a sign-in once, and for ten minutes. To sign in, press Sign in in ${PRODUCT.name}.`,
  },
  notFound: {
    status: 404,
    title: 'Nothing here',
    text: `This address only takes part in signing in to ${PRODUCT.name} and out of it.`,
  },
} as const satisfies Record<string, Page>;

/** The page for a sign-in that failed, with the sentence for the person. */
export function failedPage(sentence: string): Page {
  return { status: 400, title: 'You are not signed in', text: sentence };
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;
min-height:100vh;margin:0;padding:2rem;box-sizing:border-box}main{max-width:26rem}h1{font-size:1.5rem;margin:0 0 .5rem}
p{margin:0}small{display:block;margin-top:2rem;opacity:.7}`;

/** Text as HTML, within elements and quoted attributes. */
export const escapeHtml = (value: string) => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * HTML without scripts, links or anything from elsewhere.
 *
 * @param more HTML that stands below the text as it is.
 */
export function renderPage({ title, text }: Page, more = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${more}<small>${PRODUCT.name}</small></main></body></html>\n`;
}

/** Headers of every page: nothing may be loaded, stored, framed or told to another site (the address holds a code). */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};
