import { z } from 'zod';
import { clientAuthenticationSchema, sendsSecret } from './authentication.ts';
import { appKindSchema, transportSchema } from './client-kinds.ts';
import { dpopUseSchema, identityProviderQuirksSchema, quirkProfileSchema, quirksSchema } from './quirks.ts';
import { toolRulesSchema } from './tool-rules.ts';
import { isSecureUrl } from './urls.ts';

/** Largest policy file that is read, in bytes. 200 servers with keys need about 200 KB. */
export const POLICY_LIMIT_BYTES = 1024 * 1024;

/** Where the relay listens unless policy says otherwise, so that one allow-list line matches every machine. */
const DEFAULT_RELAY_PORT = 5693;

/** The first name in every address and entry: short, since clients put it in front of tool names (64 in all). */
export const SERVER_NAME = /^[a-z][a-z0-9-]{0,19}$/;

/**
 * How often the IdP is asked whether the session still stands, in minutes: so long does access outlive a revocation
 * there at most. 2,000 people ask 3.3 times a second in all.
 */
const DEFAULT_CHECK_INTERVAL_MINUTES = 10;
const LONGEST_CHECK_INTERVAL_MINUTES = 24 * 60;

/** ID-JAGs that Okta's smaller plans allow for each person, server and month. */
const DEFAULT_MINTS_PER_MONTH = 250;

/** Tools that the gateway lists: models choose worse among more, and some clients take no more than 128. */
const DEFAULT_TOOL_LIMIT = 80;
const HIGHEST_TOOL_LIMIT = 1_000;

/** Names that would clash with paths of the relay itself. */
const RESERVED_NAMES: readonly string[] = ['mcp', 'lanyard', 'sign-in'];

const text = (what: string, most: number) =>
  z.string({ error: what }).min(1, `${what}, not empty`).max(most, `at most ${most} characters`);

const url = (what: string) =>
  z
    .string({ error: what })
    .max(2048, 'at most 2048 characters')
    .refine((value) => isSecureUrl(value), { error: `${what} (https, or http on this machine's loopback)` });

/** Issuers are compared as strings (RFC 8414 section 3.3), so nothing is normalised here: "/" at the end matters. */
const issuer = url('an issuer identifier: a URL without query or fragment').refine(
  (value) => !value.includes('?') && !value.includes('#'),
  { error: 'an issuer identifier without query or fragment' },
);

const port = z
  .int({ error: 'a port number from 1024 to 65535' })
  .min(1024, 'a port number from 1024 to 65535')
  .max(65535, 'a port number from 1024 to 65535');

/** RFC 6749 appendix A.4: printable ASCII without space, quote and backslash. */
const scope = z.string({ error: 'a scope' }).regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'a scope without spaces');

const identityProvider = z.strictObject(
  {
    issuer,
    clientId: text('our client id at the identity provider', 2048),
    authentication: clientAuthenticationSchema.default({ method: 'none' }),
    scopes: z
      .array(scope, { error: 'a list of scopes' })
      .max(50, 'at most 50 scopes')
      .refine((scopes) => scopes.includes('openid'), { error: 'a list that contains "openid"' })
      .default(['openid', 'profile', 'email', 'offline_access']),
    /** Ports the sign-in may return to; empty means any free one (RFC 8252 section 7.3). */
    redirectPorts: z.array(port, { error: 'a list of port numbers' }).max(20, 'at most 20 ports').default([]),
    /** What is exchanged for ID-JAGs; `auto` is the ID token, and the refresh token where the IdP renews no ID token. */
    subjectToken: z
      .enum(['auto', 'id_token', 'refresh_token'], { error: 'one of "auto", "id_token", "refresh_token"' })
      .default('auto'),
    checkIntervalMinutes: z
      .int({ error: 'a number of minutes' })
      .min(1, 'at least 1 minute')
      .max(LONGEST_CHECK_INTERVAL_MINUTES, 'at most a day in minutes')
      .default(DEFAULT_CHECK_INTERVAL_MINUTES),
    dpop: dpopUseSchema.default('auto'),
    /** Absent: chosen by the issuer's host. */
    profile: quirkProfileSchema.optional(),
    quirks: identityProviderQuirksSchema.partial().default({}),
  },
  { error: 'an object with issuer and clientId' },
);

const authorizationServer = z
  .strictObject(
    {
      /** Pins the AS. Where it is absent, the server's own metadata names it (RFC 9728). */
      issuer: issuer.optional(),
      clientId: text('our client id at this authorization server', 2048),
      authentication: clientAuthenticationSchema.default({ method: 'none' }),
      dpop: dpopUseSchema.default('auto'),
      /** Absent: chosen by the issuer's host. */
      profile: quirkProfileSchema.optional(),
      quirks: quirksSchema.partial().default({}),
    },
    { error: 'an object with clientId' },
  )
  .refine((value) => value.issuer !== undefined || !sendsSecret(value.authentication), {
    path: ['issuer'],
    // A secret belongs to one issuer and is never shown to another one that a server's metadata names (SEP-2352).
    error: 'the issuer that this client secret belongs to',
  });

const server = z.strictObject(
  {
    name: z
      .string({ error: 'a short name' })
      .regex(SERVER_NAME, 'a short name: a lower-case letter, then up to 19 lower-case letters, digits or "-"')
      .refine((name) => !RESERVED_NAMES.includes(name), { error: `a name other than ${RESERVED_NAMES.join(', ')}` }),
    title: text('the name that people see', 80),
    url: url("the server's MCP address"),
    scopes: z.array(scope, { error: 'a list of scopes' }).max(100, 'at most 100 scopes').default([]),
    authorizationServer,
    /** Absent: every tool. */
    tools: toolRulesSchema.optional(),
  },
  { error: 'an object with name, title, url and authorizationServer' },
);

const grants = z.strictObject(
  {
    /**
     * Which grants are renewed ahead of their expiry: those in use, all, or none. Mints are scarce, and a grant that is
     * not renewed costs only its next call a moment.
     */
    keep: z
      .enum(['active', 'always', 'on-demand'], { error: 'one of "active", "always", "on-demand"' })
      .default('active'),
    /** What the IdP allows for each person and server; at 80 % of it a warning is shown and only calls mint. */
    mintsPerMonth: z
      .int({ error: 'a number of mints' })
      .min(1, 'at least 1')
      .max(1_000_000, 'at most 1000000')
      .default(DEFAULT_MINTS_PER_MONTH),
  },
  { error: 'an object' },
);

const gateway = z.strictObject(
  {
    /** Most tools that the gateway lists for all servers together. */
    toolLimit: z
      .int({ error: 'a number of tools' })
      .min(1, 'at least 1')
      .max(HIGHEST_TOOL_LIMIT, `at most ${HIGHEST_TOOL_LIMIT}`)
      .default(DEFAULT_TOOL_LIMIT),
  },
  { error: 'an object' },
);

const clients = z.strictObject(
  {
    /** How clients that offer both are connected. */
    prefer: transportSchema.default('http'),
    /** `each`: one entry for every server; `one`: one entry for all of them, the gateway's. */
    entries: z.enum(['each', 'one'], { error: 'one of "each", "one"' }).default('each'),
    /** The only apps that people may connect; absent: all. Entries that people paste are not limited by it. */
    allow: z.array(appKindSchema, { error: 'a list of kinds of apps' }).max(100, 'at most 100 kinds').optional(),
    /** Lets `lanyard headers` hand local keys to any program of the person that asks. */
    headerHelper: z.boolean({ error: 'true or false' }).default(false),
  },
  { error: 'an object' },
);

const desktop = z.strictObject(
  {
    /** Absent: off where the policy is managed, since whoever installed Lanyard updates it too. */
    updates: z.boolean({ error: 'true or false' }).optional(),
  },
  { error: 'an object' },
);

/** What the administrator decided. Strict: an unknown key is an error, so that a typing mistake is never silent. */
export const policySchema = z.strictObject(
  {
    version: z.literal(1, { error: 'the number 1' }),
    company: text("the company's name", 80),
    identityProvider,
    servers: z
      .array(server, { error: 'a list of servers' })
      .max(200, 'at most 200 servers')
      .superRefine((servers, context) => {
        servers.forEach(({ name }, index) => {
          if (servers.findIndex((other) => other.name === name) !== index)
            context.addIssue({ code: 'custom', path: [index, 'name'], message: 'a name that no other server has' });
        });
      }),
    grants: grants.prefault({}),
    gateway: gateway.prefault({}),
    clients: clients.prefault({}),
    desktop: desktop.prefault({}),
    relay: z
      .strictObject(
        {
          port: port.default(DEFAULT_RELAY_PORT),
          /** Allows `/~<key>/<server>/mcp` for clients that cannot send a header; addresses end up in logs. */
          keyInPath: z.boolean({ error: 'true or false' }).default(false),
        },
        { error: 'an object' },
      )
      .default({ port: DEFAULT_RELAY_PORT, keyInPath: false }),
  },
  { error: 'a JSON object' },
);

/** A validated policy. */
export type Policy = z.infer<typeof policySchema>;
/** One approved server as the policy describes it. */
export type PolicyServer = Policy['servers'][number];
/** Which grants are renewed ahead, and how many mints there are. */
export type PolicyGrants = Policy['grants'];
/** The identity provider as the policy describes it. */
export type PolicyIdentityProvider = Policy['identityProvider'];
