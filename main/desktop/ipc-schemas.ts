import { z } from 'zod';
import { appKindSchema, transportSchema } from '../../shared/client-kinds.ts';
import { SERVER_NAME } from '../../shared/policy.ts';
import type { Channel, Invocations } from './bridge/channels.ts';

const appChoice = z.strictObject({
  kind: appKindSchema,
  transport: transportSchema.optional(),
  gateway: z.boolean().optional(),
});
const server = z.strictObject({ server: z.string().regex(SERVER_NAME) });
const onOff = z.strictObject({ on: z.boolean() });

/** What each payload must look like. Strict: the page is ours, so anything unexpected is somebody else's. */
export const payloadSchemas: { readonly [C in Channel]: z.ZodType<Invocations[C]['payload']> } = {
  showing: z.null(),
  'sign-in': z.strictObject({ method: z.enum(['browser', 'device']) }),
  'cancel-sign-in': z.null(),
  'open-sign-in-page': z.null(),
  'sign-out': z.null(),
  retry: server,
  'put-away-notice': z.null(),
  'restart-agent': z.null(),
  apps: z.null(),
  'plan-app': appChoice,
  'connect-app': appChoice,
  'disconnect-app': z.strictObject({ client: z.string().regex(/^[a-z0-9-]{1,40}$/) }),
  'server-tools': server,
  'follow-journal': onOff,
  'start-demo': z.null(),
  'end-demo': z.null(),
  'set-start-at-login': onOff,
  'look-for-updates': z.null(),
  'install-update': z.null(),
};
