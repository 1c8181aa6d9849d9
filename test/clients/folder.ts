/** The folder of this package: its own lock file, and the clients' install below it. */
export const CLIENTS_FOLDER = import.meta.dirname;
