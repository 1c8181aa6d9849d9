import { z } from 'zod';
import { ID_JAG, ID_TOKEN, type OAuthRefusal, REFRESH_TOKEN, splitScope } from '../protocol.ts';
import type { ServerDefinition } from '../servers.ts';
import { scopesOf } from '../servers.ts';
import { insufficientSignIn, meets, type SignIn, type SignInDemand } from '../sign-in-demand.ts';

/** The parameters of a token exchange that are read (RFC 8693 section 2.1; the draft's section 4.3). */
export const ExchangeParameters = z.object({
  requested_token_type: z.literal(ID_JAG),
  audience: z.string(),
  resource: z.string().optional(),
  scope: z.string().optional(),
  subject_token: z.string(),
  subject_token_type: z.enum([ID_TOKEN, REFRESH_TOKEN]),
});

/** What a token exchange asks for. */
export type ExchangeRequest = z.infer<typeof ExchangeParameters>;

/** A server that ID-JAGs can be issued for, as the IdP's administrator registered it. */
export interface RegisteredServer {
  readonly definition: ServerDefinition;
  /** Issuer of its authorization server: what `audience` must be. */
  readonly issuer: string;
  /** Its resource identifier: what `resource` must be. */
  readonly resource: string;
  /** Lanyard's client identifier at its authorization server. */
  readonly clientId: string;
  /** What a sign-in must be for it; anything will do when absent. */
  readonly demand?: SignInDemand;
}

/** Whose token was shown. */
export interface Subject {
  readonly email: string;
  readonly groups: readonly string[];
  readonly signIn: SignIn;
}

/** The server and scope to issue an ID-JAG for, or why not. */
export type ExchangeVerdict =
  | { readonly server: RegisteredServer; readonly scope: string }
  | { readonly refusal: OAuthRefusal };

/** Decides what a valid subject token may be exchanged for, by the company's rules. */
export function judgeExchange(
  request: ExchangeRequest,
  subject: Subject,
  servers: readonly RegisteredServer[],
): ExchangeVerdict {
  const server = servers.find(({ issuer }) => issuer === request.audience);
  if (!server) return refused('invalid_target', `No authorization server is registered as ${request.audience}`);
  if ((request.resource ?? server.resource) !== server.resource) {
    return refused('invalid_target', `${request.resource} does not belong to ${request.audience}`);
  }
  const { definition, demand = {} } = server;
  const held = scopesOf(definition, subject.groups);
  if (held.length === 0) {
    return refused('access_denied', `${subject.email} is not assigned to ${definition.title}`);
  }
  if (!meets(subject.signIn, demand)) return { refusal: insufficientSignIn(demand, definition.title) };
  const wanted = request.scope ? splitScope(request.scope) : definition.scopes;
  const unknown = wanted.find((scope) => !definition.allScopes.includes(scope));
  if (unknown) return refused('invalid_scope', `${definition.title} has no scope ${unknown}`);
  const granted = wanted.filter((scope) => held.includes(scope));
  if (granted.length === 0) return refused('invalid_scope', `${subject.email} has none of the scopes asked for`);
  return { server, scope: granted.join(' ') };
}

function refused(error: string, description: string): ExchangeVerdict {
  return { refusal: { error, description } };
}
