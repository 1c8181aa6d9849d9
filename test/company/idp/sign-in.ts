import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Counter } from '../counts.ts';
import { pathOf, readForm } from '../http.ts';
import { renderErrorPage } from '../pages/other-pages.ts';
import { renderSignInPage } from '../pages/sign-in-page.ts';
import type { Directory } from '../people.ts';
import { ACR_SECOND_FACTOR, type Assurance, assuranceFor } from './assurance.ts';

/** Path of the sign-in page; an interaction's identifier follows it. */
export const SIGN_IN_PATH = '/sign-in';

/** What the sign-in page works with. */
export interface SignInParts {
  readonly provider: Provider;
  readonly directory: Directory;
  readonly company: string;
  readonly counter: Counter;
}

/** Whether a path belongs to the sign-in page. */
export function isSignInPath(path: string): boolean {
  return path.startsWith(`${SIGN_IN_PATH}/`);
}

/** Shows the sign-in page, takes its form, and lets people out of it. */
export async function handleSignIn(
  parts: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { provider, company } = parts;
  const interaction = await provider.interactionDetails(request, response).catch(() => undefined);
  if (!interaction) {
    const sentence = 'This sign-in is over or was started in another browser. Start again from Lanyard.';
    return sendPage(response, 400, renderErrorPage(company, 'session_not_found', sentence));
  }
  if (pathOf(request).endsWith('/cancel')) {
    const cancelled = { error: 'access_denied', error_description: 'The sign-in was cancelled' };
    return provider.interactionFinished(request, response, cancelled, { mergeWithLastSubmission: false });
  }
  // Consent is the administrator's; nobody is asked.
  if (interaction.prompt.name === 'consent') {
    return provider.interactionFinished(request, response, { consent: {} });
  }
  const assurance = assuranceFor(interaction.params.acr_values as string | undefined);
  const show = async (status: number, username: string, problem?: string) => {
    const client = await provider.Client.find(String(interaction.params.client_id));
    const clientName = client?.clientName ?? 'Lanyard';
    const action = `${SIGN_IN_PATH}/${interaction.uid}`;
    const { people } = parts.directory;
    const asksForCode = assurance.acr === ACR_SECOND_FACTOR;
    const page = { company, people, clientName, action, username, asksForCode };
    sendPage(response, status, renderSignInPage({ ...page, ...(problem !== undefined && { problem }) }));
  };
  if (request.method !== 'POST') return show(200, String(interaction.params.login_hint ?? ''));
  return takeForm(parts, request, response, assurance, show);
}

async function takeForm(
  { provider, directory, counter }: SignInParts,
  request: IncomingMessage,
  response: ServerResponse,
  assurance: Assurance,
  show: (status: number, username: string, problem: string) => Promise<void>,
): Promise<void> {
  const form = await readForm(request);
  const username = form.get('username')?.trim().toLowerCase() ?? '';
  const person = directory.byUsername(username);
  if (!person || form.get('password') !== person.password) {
    return show(422, username, 'The username or the password is wrong.');
  }
  const otp = form.get('otp')?.trim().toUpperCase();
  if (assurance.acr === ACR_SECOND_FACTOR && otp !== person.otp) {
    return show(422, username, 'The one-time code is wrong.');
  }
  counter.add('signIns');
  const login = { accountId: person.subject, acr: assurance.acr, amr: [...assurance.amr] };
  return provider.interactionFinished(request, response, { login });
}

function sendPage(response: ServerResponse, status: number, page: string): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  };
  response.writeHead(status, headers).end(page);
}
