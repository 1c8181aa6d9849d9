import { PRODUCT } from '../../shared/product.ts';
import type { PageAnswer } from './page-server.ts';
import { escapeHtml, PAGE_HEADERS, renderPage } from './pages.ts';
import type { EndSession } from './sign-out.ts';

/**
 * The page that ends the IdP's own session (OpenID Connect RP-Initiated Logout 1.0 section 2): a form that posts itself,
 * so that the ID token stands in no address, and with that in no history and no log. The button is for browsers
 * without scripts.
 *
 * @param nonce for the page's one script (Content Security Policy Level 3 section 6.7.2.3); new for each page.
 */
export function endSessionPage({ url, idToken, clientId }: EndSession, nonce: string): PageAnswer {
  const input = (name: string, value: string) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
  const form = `<form method="post" action="${escapeHtml(url)}">${input('id_token_hint', idToken)}${input('client_id', clientId)}
<p><button>Sign out</button></p></form><script nonce="${nonce}">document.forms[0].submit()</script>`;
  const text = `You are signed out of ${PRODUCT.name}. This browser goes on to the sign-in service, to sign out there too.`;
  const { origin } = new URL(url);
  // The IdP may send the browser on to hosts of its own, and some browsers hold that against `form-action` too.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; form-action ${origin} https:; frame-ancestors 'none'; base-uri 'none'`;
  return {
    status: 200,
    headers: { ...PAGE_HEADERS, 'content-security-policy': policy },
    html: renderPage({ status: 200, title: 'Signing out', text }, form),
  };
}
