/** How the id of every MCP session begins that standby opens. */
const PREFIX = 'lanyard-standby-';

/** What follows it for a client that can be sent to an address; see `takesUrlErrors`. So nothing has to be kept. */
const URLS = 'u-';

/** The id of a new MCP session of standby's. */
export function standbySessionId(newId: string, takesUrlErrors: boolean): string {
  return `${PREFIX}${takesUrlErrors ? URLS : ''}${newId}`;
}

/** Whether an MCP session was opened by standby. */
export function isStandbySession(id: string | undefined): boolean {
  return id?.startsWith(PREFIX) ?? false;
}

/**
 * The id of the URL elicitation that its client is sent to (MCP 2025-11-25, client/elicitation); `undefined` where it
 * cannot be. One for the MCP session: it waits for one sign-in, however many calls do, and ends with it.
 */
export function elicitationIdOf(id: string | undefined): string | undefined {
  const start = `${PREFIX}${URLS}`;
  return id?.startsWith(start) ? `lanyard-sign-in-${id.slice(start.length)}` : undefined;
}
