import type { Person } from '../people.ts';
import { escapeHtml, renderPage } from './page.ts';

/** What the sign-in page shows. */
export interface SignInPage {
  readonly company: string;
  readonly people: readonly Person[];
  /** Name of the program that asked for the sign-in. */
  readonly clientName: string;
  /** Path that the form is posted to; its `/cancel` is the way out. */
  readonly action: string;
  readonly username: string;
  /** Whether a one-time code is needed besides the password. */
  readonly asksForCode: boolean;
  /** What went wrong last time. */
  readonly problem?: string;
}

/** The sign-in page: username, password, a way out, and the demo people with their passwords. */
export function renderSignInPage(page: SignInPage): string {
  const { company, clientName, action, username, problem } = page;
  const alert = problem ? `<p role="alert" id="problem">${escapeHtml(problem)}</p>` : '';
  const described = problem ? ' aria-invalid="true" aria-describedby="problem"' : '';
  const main = `${alert}
<p>Sign in to continue to ${escapeHtml(clientName)}.</p>
<form method="post" action="${escapeHtml(action)}">
<label for="username">Username or email</label>
<input id="username" name="username" type="text" required autocomplete="username" autocapitalize="none"
  spellcheck="false" autofocus value="${escapeHtml(username)}"${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password"${described}>
${page.asksForCode ? renderCodeField(described) : ''}<button type="submit">Sign in</button>
</form>
<p class="cancel"><a href="${escapeHtml(action)}/cancel">Cancel</a></p>
${renderPeople(page.people, page.asksForCode)}`;
  return renderPage({ company, title: 'Sign in', main });
}

function renderCodeField(described: string): string {
  return `<label for="otp">One-time code</label>
<input id="otp" name="otp" type="text" required autocomplete="one-time-code" autocapitalize="characters"
  spellcheck="false"${described}>
`;
}

function renderPeople(people: readonly Person[], withCodes: boolean): string {
  const rows = people.map(({ username, password, otp }) => {
    const code = withCodes ? ` <code>${escapeHtml(otp)}</code>` : '';
    return `<dt>${escapeHtml(username)}</dt><dd><code>${escapeHtml(password)}</code>${code}</dd>`;
  });
  return `<aside aria-labelledby="demo">
<p id="demo"><strong>This is a demo company.</strong> Nobody here is real. These people can sign in:</p>
<dl>${rows.join('\n')}</dl>
</aside>`;
}
