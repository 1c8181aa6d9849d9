import type { OAuthRefusal } from '../protocol.ts';

/** What every challenge of a server says. */
export interface ChallengeParts {
  /** Where its metadata is (RFC 9728 section 5.1). */
  readonly resourceMetadataUrl: string;
  /** The scopes that it usually needs. */
  readonly scopes: readonly string[];
}

/** The `WWW-Authenticate` value for a request without a token, or for one whose token was refused (RFC 6750 section 3). */
export function challengeOf(parts: ChallengeParts, refusal: OAuthRefusal | undefined): string {
  const parameters = {
    resource_metadata: parts.resourceMetadataUrl,
    scope: parts.scopes.join(' '),
    ...(refusal && { error: refusal.error, error_description: refusal.description, ...refusal.members }),
  };
  return `Bearer ${asParameters(parameters)}`;
}

/** The parameters of a challenge, each quoted (RFC 9110 section 11.2). */
function asParameters(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}="${String(value)}"`)
    .join(', ');
}
