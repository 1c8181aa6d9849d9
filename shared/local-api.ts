import { z } from 'zod';
import { connectionChoiceShape } from './app-views.ts';
import { clientKindSchema } from './client-kinds.ts';
import { useSchema } from './journal-views.ts';
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
  /** Absent from an agent that does not count yet. */
  use: useSchema.optional(),
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
  /** The only servers that it reaches; absent where the person did not limit it. */
  servers: z.array(z.string()).optional(),
  use: useSchema.optional(),
});

/** A call that only a sign-in would have let through. Set by the first one, until somebody signs in. */
const signInWantedSchema = z.object({
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Id of the client. */
  client: z.string(),
  /** Name of the server. */
  server: z.string(),
});

/** What policy lets the person and the desktop do; see `clients` and `desktop` in the policy. */
const rightsSchema = z.object({
  /** Whether the app may look for updates and install them. */
  updates: z.boolean(),
  /** Whether `lanyard headers` hands out keys. */
  headerHelper: z.boolean(),
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
    /** How an entry starts Lanyard: an absolute path and first arguments. Absent while that is not known or not to be had. */
    program: z.object({ file: z.string(), args: z.array(z.string()) }).optional(),
  }),
  company: z.object({
    name: z.string(),
    identityProvider: z.string(),
    policyFile: z.string(),
    policySource: z.enum(['managed', 'file']),
    /** Origins, besides the IdP's own, on which its metadata places the pages for signing in and out. */
    signInOrigins: z.array(z.string()).default([]),
  }),
  rights: rightsSchema.default({ updates: false, headerHelper: false }),
  vault: z.object({
    keyStore: z.enum(['keychain', 'insecure-file']),
    /** `unsaved`: in memory all is well, but it cannot be written; the problem says why. */
    status: z.enum(['ready', 'unsaved', 'unavailable']),
    problem: problemSchema.optional(),
  }),
  session: sessionViewSchema,
  signIn: signInViewSchema.nullable(),
  signInWanted: signInWantedSchema.nullable().default(null),
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

/** `POST /v1/clients` */
export const addClientRequestSchema = z.strictObject({ kind: clientKindSchema, ...connectionChoiceShape });

/** Answer of `POST /v1/clients`. */
export const addedClientSchema = z.object({
  client: clientViewSchema,
  /** JSON to paste, for `snippet`; for a client whose file we wrote, empty. */
  snippet: z.string(),
  /** What the person does so that an app takes notice; absent for entries to paste. */
  afterwards: z.string().optional(),
  /** Only with an HTTP entry to paste: the only time that the key leaves the agent otherwise than in a file. */
  localKey: z.string().optional(),
});

/** The same for an HTTP entry to paste, which comes with its key. */
export const pastedClientSchema = addedClientSchema.extend({ localKey: z.string() });

/** `POST /v1/headers`: for clients that ask a program for their headers. Refused unless policy allows it. */
export const headersRequestSchema = z.strictObject({
  /** Names the client in the journal. */
  client: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  /** The only server that the key opens; absent means all. */
  server: z.string().regex(SERVER_NAME).optional(),
});

/** Answer of that. */
export const headersSchema = z.object({ headers: z.record(z.string(), z.string()) });

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
export type SessionView = z.infer<typeof sessionViewSchema>;
export type SignInView = z.infer<typeof signInViewSchema>;
export type SignedOut = z.infer<typeof signedOutSchema>;
export type PowerEvent = z.infer<typeof powerEventSchema>;
export type NetworkEvent = z.infer<typeof networkEventSchema>;
export type MintCount = z.infer<typeof mintCountSchema>;
export type SignInRequest = z.infer<typeof signInRequestSchema>;
export type AddClientRequest = z.infer<typeof addClientRequestSchema>;
export type AddedClient = z.infer<typeof addedClientSchema>;
export type PastedClient = z.infer<typeof pastedClientSchema>;
export type SignInWanted = z.infer<typeof signInWantedSchema>;
export type HeadersRequest = z.infer<typeof headersRequestSchema>;
export type Headers = z.infer<typeof headersSchema>;
export type Check = z.infer<typeof checkSchema>;
export type Doctor = z.infer<typeof doctorSchema>;
