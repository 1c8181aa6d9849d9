import { escapeHtml, renderPage } from './page.ts';

/** Asks whether to sign out (OpenID Connect RP-Initiated Logout section 2). `form` is oidc-provider's. */
export function renderSignOutPage(company: string, form: string): string {
  const main = `<p>Do you want to sign out of ${escapeHtml(company)} too?</p>
${form}
<button type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>
<button type="submit" class="quiet" form="op.logoutForm">Stay signed in</button>`;
  return renderPage({ company, title: 'Sign out', main });
}

/** The last page of a sign-out that leads nowhere else. */
export function renderSignedOutPage(company: string): string {
  return renderPage({ company, title: 'Signed out', main: '<p>You can close this page.</p>' });
}

/** Something went wrong that cannot be sent back to the client. */
export function renderErrorPage(company: string, error: string, description: string | undefined): string {
  const main = `<p role="alert">${escapeHtml(description ?? 'The request cannot be answered.')}</p>
<p>Error: <code>${escapeHtml(error)}</code></p>`;
  return renderPage({ company, title: 'Sign-in is not possible', main });
}
