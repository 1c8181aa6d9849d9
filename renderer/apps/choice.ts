import type { AppChoice } from '../../main/desktop/bridge/channels.ts';

/** How the person wants an app to be connected; what is absent is as policy says. */
export type Choice = Omit<AppChoice, 'kind'>;
