import { z } from 'zod';
import { APP_KINDS } from './app-kinds.ts';

export { APP_KINDS, type AppKind, LINK_KINDS, type LinkKind } from './app-kinds.ts';

/** See {@link APP_KINDS}. */
export const appKindSchema = z.enum(APP_KINDS);

/** Clients we can connect; `snippet` prints what to paste for any other one. */
export const clientKindSchema = z.enum([...APP_KINDS, 'snippet']);

/** How a client reaches the relay: by its address, or through the shim. */
export const transportSchema = z.enum(['http', 'stdio']);

export type ClientKind = z.infer<typeof clientKindSchema>;
export type Transport = z.infer<typeof transportSchema>;
