/** How many of something there may be: for one client, and for all of them together. */
export interface Shares {
  readonly share: number;
  readonly total: number;
}

/** What is held for a client. */
export interface Held {
  /** Of all that is held for one client this is the same. */
  readonly client: string;
}

/**
 * What has to go so that one more fits for a client: `undefined` where nothing has to, `full` where nothing may. Its own
 * goes before that of others, and of others only once all shares together are taken.
 *
 * @param mayGo What may go at all, the first of it first.
 */
export function roomFor<One extends Held>(
  client: string,
  held: Iterable<Held>,
  mayGo: readonly One[],
  { share, total }: Shares,
): One | 'full' | undefined {
  const all = [...held];
  const own = mayGo.find((one) => one.client === client);
  if (all.filter((one) => one.client === client).length >= share) return own ?? 'full';
  return all.length < total ? undefined : (own ?? mayGo[0] ?? 'full');
}
