import type { ServerView } from '../../shared/local-api.ts';

/** What one may do at a server, in the server's own words. */
export interface Rights {
  readonly name: 'Rights' | 'Rights asked for';
  readonly scopes: readonly string[];
}

/**
 * The scopes that were granted, while there is access; before that those that are asked for. An authorization server
 * that names none has granted what was asked (RFC 6749 section 5.1).
 */
export function rightsOf({ token, scopes }: Pick<ServerView, 'token' | 'scopes'>, now: number): Rights {
  if (token.kind !== 'valid' || token.expiresAt <= now) return { name: 'Rights asked for', scopes };
  return { name: 'Rights', scopes: token.scope?.split(' ').filter((scope) => scope !== '') ?? scopes };
}
