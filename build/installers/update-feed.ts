/** Where the app looks for newer versions; electron-builder's "generic" provider. */
export interface UpdateFeed {
  readonly provider: 'generic';
  readonly url: string;
}

/**
 * The feed of updates, for whoever builds and hosts one. Without it the app gets no `app-update.yml`, and says that
 * updates are managed.
 *
 * @param url what LANYARD_UPDATE_URL says.
 * @throws {Error} unless it is an https address without credentials: what comes from there is run.
 */
export function updateFeed(url: string | undefined): UpdateFeed | undefined {
  if (url === undefined || url === '') return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' || parsed.username !== '' || parsed.password !== '')
    throw new Error(`LANYARD_UPDATE_URL must be an https address without credentials, not "${url}"`);
  return { provider: 'generic', url };
}
