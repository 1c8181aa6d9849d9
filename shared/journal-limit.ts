// Apart from the schemas, so that the window's page need not load them.

/** Most entries that one answer about the journal holds; the agent remembers as many. */
export const JOURNAL_LIMIT = 500;
