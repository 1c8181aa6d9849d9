import { z } from 'zod';
import { stepUpSchema } from './step-up.ts';

/** A code with a sentence for the employee and one for the administrator; see errors.ts. */
export const problemSchema = z.object({ code: z.string(), user: z.string(), administrator: z.string() });

/** Whether we hold an access token. Times are milliseconds since the epoch. */
export const grantTokenSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('valid'), expiresAt: z.number(), scope: z.string().optional() }),
]);

/** Why nothing more is tried by itself: whose turn it is. */
export const blockedReasonSchema = z.enum(['denied', 'step-up', 'misconfigured', 'signed-out']);

/** What is being done about a grant. Independent of the token: a failed renewal never hides a valid token. */
export const grantWorkSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('minting') }),
  z.object({ kind: z.literal('backoff'), until: z.number(), cause: problemSchema }),
  z.object({
    kind: z.literal('blocked'),
    reason: blockedReasonSchema,
    cause: problemSchema,
    /** With `step-up`: what the next sign-in has to bring. */
    stepUp: stepUpSchema.optional(),
  }),
]);

/** See {@link blockedReasonSchema}. */
export type BlockedReason = z.infer<typeof blockedReasonSchema>;
/** See {@link grantTokenSchema}. */
export type GrantTokenState = z.infer<typeof grantTokenSchema>;
/** See {@link grantWorkSchema}. */
export type GrantWorkState = z.infer<typeof grantWorkSchema>;

/** The one word a person sees, derived from token and work. */
export const serverStatusSchema = z.enum(['ready', 'idle', 'connecting', 'retrying', ...blockedReasonSchema.options]);
/** See {@link serverStatusSchema}. */
export type ServerStatus = z.infer<typeof serverStatusSchema>;

export { STATUS_WORDS } from './status-words.ts';

/** Derives the shown status: a valid token wins over whatever is being done to renew it. */
export function serverStatus(token: GrantTokenState, work: GrantWorkState, now: number): ServerStatus {
  if (token.kind === 'valid' && token.expiresAt > now) return 'ready';
  switch (work.kind) {
    case 'idle':
      return 'idle';
    case 'minting':
      return 'connecting';
    case 'backoff':
      return 'retrying';
    case 'blocked':
      return work.reason;
  }
}
