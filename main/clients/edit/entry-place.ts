/** A value as JSON has it; entries are made of nothing else, whatever the format of the file. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Where a kind of client keeps its entries. */
export interface EntryPlace {
  /** `json` allows comments and trailing commas, as the clients do that have them. */
  readonly format: 'json' | 'toml' | 'yaml';
  /** Keys from the root to the object of entries. A key may hold dots: `amp.mcpServers` is one key. At least one. */
  readonly section: readonly string[];
}

/** Entries by name, each in the client's own shape. */
export type Entries = Readonly<Record<string, JsonValue>>;
