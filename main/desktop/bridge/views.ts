/** The window's views. */
export const VIEWS = ['servers', 'apps', 'activity'] as const;

/** See {@link VIEWS}. */
export type View = (typeof VIEWS)[number];
