import { z } from 'zod';
import { SERVER_NAME } from './policy.ts';
import { grantTokenSchema, grantWorkSchema, problemSchema, serverStatusSchema } from './states.ts';

// The contract between the agent and everything that talks to it over its socket: the command line, the desktop.
// Answers are parsed leniently (a newer agent may add fields), requests strictly.

/** Part of every path; a change that breaks the previous version gets a new number. */
export const LOCAL_API_VERSION = 1;

/** Largest request or answer body of the Local API, in bytes. */
export const LOCAL_BODY_LIMIT_BYTES = 1024 * 1024;

/** How many ID-JAGs were spent on a server for this person, in days and months of UTC; kept across restarts. */
const mintCountSchema = z.object({
  today: z.number(),
  thisMonth: z.number(),
  /** What policy says is allowed in a month. */
  perMonth: z.number(),
});

/** One approved server and what we hold for it. */
export const serverViewSchema = z.object({
  name: z.string(),
  title: z.string(),
  url: z.string(),
  scopes: z.array(z.string()),
  status: serverStatusSchema,
  token: grantTokenSchema,
  work: grantWorkSchema,
  /** Set while some of its calls need a stronger or more recent sign-in; the next sign-in brings it. */
  signInAsked: problemSchema.optional(),
  mints: mintCountSchema,
});

/** A desktop client with a local key of its own. The key itself is shown once, when it is made. */
export const clientViewSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  /** When the key was made, milliseconds since the epoch. */
  addedAt: z.number(),
  /** The file that holds our entries, where we wrote one. */
  file: z.string().optional(),
  entries: z.array(z.string()),
});

/** Who is signed in. */
const sessionViewSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('signed-out'), cause: problemSchema.optional() }),
  z.object({
    status: z.literal('signed-in'),
    issuer: z.string(),
    subject: z.string(),
    name: z.string().optional(),
    email: z.string().optional(),
    /** When the person proved who they are, milliseconds since the epoch. */
    provedAt: z.number(),
    /** Why the person has to sign in again, although access that was given goes on until it expires. */
    cause: problemSchema.optional(),
  }),
]);

/** A sign-in under way, or how the last one ended. */
export const signInViewSchema = z.object({
  attempt: z.string(),
  method: z.enum(['browser', 'device']),
  phase: z.enum(['waiting', 'succeeded', 'failed', 'cancelled']),
  /** Where the person signs in; the caller opens it. Only https or loopback http. */
  url: z.string(),
  /** Device sign-in only: what to type there (RFC 8628). */
  userCode: z.string().optional(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
  problem: problemSchema.optional(),
});

/** Everything the window, the tray and `lanyard status` show. */
export const agentStateSchema = z.object({
  agent: z.object({
    version: z.string(),
    pid: z.number(),
    startedAt: z.number(),
    /** Dangerous options in force, one sentence each. */
    warnings: z.array(z.string()),
  }),
  company: z.object({
    name: z.string(),
    identityProvider: z.string(),
    policyFile: z.string(),
    policySource: z.enum(['managed', 'file']),
  }),
  vault: z.object({
    keyStore: z.enum(['keychain', 'insecure-file']),
    /** `unsaved`: in memory all is well, but it cannot be written; the problem says why. */
    status: z.enum(['ready', 'unsaved', 'unavailable']),
    problem: problemSchema.optional(),
  }),
  session: sessionViewSchema,
  signIn: signInViewSchema.nullable(),
  servers: z.array(serverViewSchema),
  clients: z.array(clientViewSchema),
  relay: z.object({ url: z.string(), keyInPath: z.boolean() }),
});

/** `POST /v1/sign-in` */
export const signInRequestSchema = z.strictObject({ method: z.enum(['browser', 'device']) });

/** Answer of `POST /v1/sign-out`. */
export const signedOutSchema = z.object({
  state: agentStateSchema,
  /**
   * Where a browser ends the session at the IdP too (OpenID Connect RP-Initiated Logout); absent where the IdP does not
   * offer that. An address of this machine that works once and for a minute. In the arguments of the browser's opener
   * other users can read it; only where the system tells whose connection it is (Linux) does it not serve them.
   */
  endSessionUrl: z.string().optional(),
});

/** `POST /v1/power`: what the system tells its desktop programs. */
export const powerEventSchema = z.strictObject({ event: z.enum(['suspend', 'resume']) });

/** `POST /v1/network` */
export const networkEventSchema = z.strictObject({ online: z.boolean() });

/** Clients we can connect; `snippet` prints what to paste for any other one. */
export const clientKindSchema = z.enum(['claude-code', 'snippet']);

/** `POST /v1/clients` */
export const addClientRequestSchema = z.strictObject({
  kind: clientKindSchema,
  transport: z.enum(['http', 'stdio']),
  /** Names of servers; absent means all approved ones. */
  servers: z.array(z.string().regex(SERVER_NAME)).max(200).optional(),
  /** One entry for all of them, the gateway's, instead of one for each. */
  gateway: z.literal(true).optional(),
});

/** Answer of `POST /v1/clients`: the only time the local key leaves the agent. */
export const addedClientSchema = z.object({
  client: clientViewSchema,
  /** JSON to paste, for `snippet`; for a client whose file we wrote, empty. */
  snippet: z.string(),
  localKey: z.string(),
});

/** One line of `lanyard doctor`. */
const checkSchema = z.object({
  name: z.string(),
  outcome: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  advice: z.string().optional(),
});

/** Answer of `GET /v1/doctor`. */
export const doctorSchema = z.object({ checks: z.array(checkSchema) });

/** Answer of any failed request. */
export const failureSchema = z.object({ problem: problemSchema });

export type AgentState = z.infer<typeof agentStateSchema>;
export type ServerView = z.infer<typeof serverViewSchema>;
export type ClientView = z.infer<typeof clientViewSchema>;
export type ClientKind = z.infer<typeof clientKindSchema>;
export type SessionView = z.infer<typeof sessionViewSchema>;
export type SignInView = z.infer<typeof signInViewSchema>;
export type SignedOut = z.infer<typeof signedOutSchema>;
export type PowerEvent = z.infer<typeof powerEventSchema>;
export type NetworkEvent = z.infer<typeof networkEventSchema>;
export type MintCount = z.infer<typeof mintCountSchema>;
export type SignInRequest = z.infer<typeof signInRequestSchema>;
export type AddClientRequest = z.infer<typeof addClientRequestSchema>;
export type AddedClient = z.infer<typeof addedClientSchema>;
export type Check = z.infer<typeof checkSchema>;
export type Doctor = z.infer<typeof doctorSchema>;
