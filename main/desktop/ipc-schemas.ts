import { z } from 'zod';
import { SERVER_NAME } from '../../shared/policy.ts';
import type { Channel, Invocations } from './bridge/channels.ts';

/** What each payload must look like. Strict: the page is ours, so anything unexpected is somebody else's. */
export const payloadSchemas: { readonly [C in Channel]: z.ZodType<Invocations[C]['payload']> } = {
  showing: z.null(),
  'sign-in': z.strictObject({ method: z.enum(['browser', 'device']) }),
  'cancel-sign-in': z.null(),
  'open-sign-in-page': z.null(),
  'sign-out': z.null(),
  retry: z.strictObject({ server: z.string().regex(SERVER_NAME) }),
  'put-away-notice': z.null(),
  'restart-agent': z.null(),
};
