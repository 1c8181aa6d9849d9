/** What a browser gets that opens an address of ours. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a browser's visit to a path that is no client's; `undefined` for all others. */
export type Door = (path: string) => Promise<DoorAnswer> | undefined;
