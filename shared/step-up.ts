import { z } from 'zod';

/** Longest list of authentication contexts that is taken, in characters. */
const LONGEST_ACR_VALUES = 1024;

/**
 * How the person has to sign in before they get access (RFC 9470 section 3; OpenID Connect Core section 3.1.2.1).
 * Comes from outside, and ends up in the address of the next sign-in.
 */
export const stepUpSchema = z.object({
  /** Space-separated, in the order of preference. */
  acrValues: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/)
    .max(LONGEST_ACR_VALUES)
    .optional(),
  /** How old the sign-in may be, in seconds. */
  maxAgeSeconds: z.int().nonnegative().optional(),
});

/** See {@link stepUpSchema}. */
export type StepUp = z.infer<typeof stepUpSchema>;
