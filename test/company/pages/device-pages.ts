import { escapeHtml, renderPage } from './page.ts';

/** What went wrong with a user code, as oidc-provider's errors are named. */
export type UserCodeProblem = 'NoCodeError' | 'NotFoundError' | 'ExpiredError' | 'AlreadyUsedError' | 'AbortedError';

const SENTENCES: Readonly<Record<UserCodeProblem, string>> = {
  NoCodeError: 'Type the code that your device shows.',
  NotFoundError: 'There is no such code. Check it and type it again.',
  ExpiredError: 'This code has expired. Get a new one on your device.',
  AlreadyUsedError: 'This code was used before. Get a new one on your device.',
  AbortedError: 'The device was not connected.',
};

/** Where a person types the code that a device shows (RFC 8628 section 3.3). `form` is oidc-provider's. */
export function renderUserCodePage(company: string, form: string, problem: string | undefined): string {
  const alert = problem ? `<p role="alert">${escapeHtml(sentenceOf(problem))}</p>` : '';
  const labelled = form
    .replace('onfocus="this.select(); this.onfocus = undefined;" ', '')
    .replace('name="user_code"', 'id="user_code" name="user_code"');
  const main = `${alert}
<label for="user_code">Code</label>
${labelled}
<button type="submit" form="op.deviceInputForm">Continue</button>`;
  return renderPage({ company, title: 'Connect a device', main });
}

/** Where a person compares the code and agrees (RFC 8628 section 5.4). `form` is oidc-provider's. */
export function renderConfirmPage(company: string, form: string, clientName: string, userCode: string): string {
  const main = `<p>${escapeHtml(clientName)} wants to sign in on a device that shows this code:</p>
<p class="code">${escapeHtml(userCode)}</p>
<p>Go on only if your device shows the same code and you started this yourself.</p>
${form}
<button type="submit" form="op.deviceConfirmForm">Connect</button>
<button type="submit" class="quiet" form="op.deviceConfirmForm" value="yes" name="abort">Do not connect</button>`;
  return renderPage({ company, title: 'Connect a device', main });
}

/** The last page of the device flow. */
export function renderConnectedPage(company: string, clientName: string): string {
  const main = `<p>${escapeHtml(clientName)} is signed in on your device. You can close this page.</p>`;
  return renderPage({ company, title: 'Device connected', main });
}

function sentenceOf(problem: string): string {
  return SENTENCES[problem as UserCodeProblem] ?? problem;
}
