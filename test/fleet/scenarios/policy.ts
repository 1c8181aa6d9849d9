import { IDENTITY_PROVIDER } from '../laptop/identity.ts';

/** What policy says unless it says otherwise: ID-JAGs for each person, server and month. */
export const MINTS_PER_MONTH = 250;

/** A policy that leaves out what it may. */
export const POLICY = { mintsPerMonth: MINTS_PER_MONTH, identityProvider: IDENTITY_PROVIDER } as const;
