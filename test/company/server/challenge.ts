import type { DpopDemand } from '../dpop/party.ts';
import { DPOP_SIGNING_ALGS } from '../dpop/proof.ts';
import type { OAuthRefusal } from '../protocol.ts';

/** The authentication schemes that access tokens come with. */
export type TokenScheme = 'Bearer' | 'DPoP';

/** What every challenge of a server says. */
export interface ChallengeParts {
  /** Where its metadata is (RFC 9728 section 5.1). */
  readonly resourceMetadataUrl: string;
  /** The scopes that it usually needs. */
  readonly scopes: readonly string[];
  readonly dpop: DpopDemand | undefined;
}

/** The `WWW-Authenticate` value for a request without a token, or for one whose token was refused (RFC 6750 section 3; RFC 9449 section 7.1). */
export function challengeOf(parts: ChallengeParts, refusal: OAuthRefusal | undefined, scheme: TokenScheme): string {
  const parameters = {
    resource_metadata: parts.resourceMetadataUrl,
    scope: parts.scopes.join(' '),
    ...(refusal && { error: refusal.error, error_description: refusal.description, ...refusal.members }),
  };
  const algs = DPOP_SIGNING_ALGS.join(' ');
  if (parts.dpop && (scheme === 'DPoP' || parts.dpop === 'required')) {
    return `DPoP ${asParameters({ ...parameters, algs })}`;
  }
  const alternative = parts.dpop ? `, DPoP ${asParameters({ algs })}` : '';
  return `Bearer ${asParameters(parameters)}${alternative}`;
}

/** Names the scheme that the request came with in a challenge of the SDK's, which knows only Bearer. */
export function withScheme(request: Request, answer: Response): Response {
  const challenge = answer.headers.get('www-authenticate');
  if (challenge === null || !/^DPoP /i.test(request.headers.get('authorization') ?? '')) return answer;
  const headers = new Headers(answer.headers);
  headers.set('www-authenticate', challenge.replace(/^Bearer /, 'DPoP '));
  return new Response(answer.body, { status: answer.status, headers });
}

/** The parameters of a challenge, each quoted (RFC 9110 section 11.2). */
function asParameters(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}="${String(value)}"`)
    .join(', ');
}
