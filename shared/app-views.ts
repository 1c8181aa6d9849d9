import { z } from 'zod';
import { appKindSchema, transportSchema } from './client-kinds.ts';
import { SERVER_NAME } from './policy.ts';
import { problemSchema } from './states.ts';

// The part of the Local API that is about connecting apps. Answers are parsed leniently, requests strictly.

/**
 * How an app stands: `changed` is one whose entries somebody edited since we wrote them (drift); `unreadable` one whose
 * file we leave alone because it does not parse or may not be written; `not-allowed` one that policy does not offer.
 */
export const appStatusSchema = z.enum(['connected', 'not-connected', 'changed', 'unreadable', 'not-allowed']);

/** One desktop client that Lanyard can connect by itself. */
export const appViewSchema = z.object({
  kind: appKindSchema,
  title: z.string(),
  /** Whether it seems to be on this machine: its file, or a folder that only it makes, is there. */
  isFound: z.boolean(),
  /** The file that our entries go to, absolute. */
  file: z.string(),
  status: appStatusSchema,
  /** Id of the connected client, which disconnects it. */
  client: z.string().optional(),
  /** How it is connected, or would be. */
  transport: transportSchema,
  /** All the ways it can be connected, the one that is taken by itself first. */
  transports: z.array(transportSchema),
  /** Whether it has, or would get, one entry for all servers. */
  gateway: z.boolean(),
  /** With `changed`: what is not as we wrote it, one sentence each. */
  changes: z.array(z.string()),
  /** With `unreadable`: the file's line and column among it. */
  problem: problemSchema.optional(),
  /** What the person does so that the app takes notice: "Quit Claude Desktop and open it again." */
  afterwards: z.string(),
  /** Other programs that are served through this one's file: "Cowork". */
  alsoServes: z.array(z.string()),
});

/** Answer of `GET /v1/apps`: every kind, those that were found first. */
export const appsSchema = z.object({ apps: z.array(appViewSchema) });

/**
 * How to connect, where the person chooses; what is absent is chosen by policy and by what the client can do. `POST
 * /v1/clients` takes it too, and which client.
 */
export const connectionChoiceShape = {
  transport: transportSchema.optional(),
  /** Names of servers; absent means all approved ones. */
  servers: z.array(z.string().regex(SERVER_NAME)).max(200).optional(),
  /** `true`: one entry for all of them, the gateway's; `false`: one for each. */
  gateway: z.boolean().optional(),
};

/** `POST /v1/apps/<kind>/plan`: what connecting would write. Nothing is written, and no key is made. */
export const connectionPlanRequestSchema = z.strictObject(connectionChoiceShape);

/** Answer of that. */
export const connectionPlanSchema = z.object({
  file: z.string(),
  /** Whether the file is there already; if not, it is made. */
  exists: z.boolean(),
  transport: transportSchema,
  gateway: z.boolean(),
  /** What is added to the file, in its own format; a local key is shown as `lk_…`. */
  text: z.string(),
  /** Where the file as it is now is kept before it is edited. */
  backup: z.string().optional(),
  /** Address that opens the app and offers the entry there, for apps that have such; holds no key. */
  link: z.string().optional(),
});

export type AppStatus = z.infer<typeof appStatusSchema>;
export type AppView = z.infer<typeof appViewSchema>;
export type Apps = z.infer<typeof appsSchema>;
export type ConnectionPlanRequest = z.infer<typeof connectionPlanRequestSchema>;
export type ConnectionPlan = z.infer<typeof connectionPlanSchema>;
