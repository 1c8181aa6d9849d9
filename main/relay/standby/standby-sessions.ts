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

/** Whether its client can be sent to an address by an error. */
export function isUrlSession(id: string | undefined): boolean {
  return id?.startsWith(`${PREFIX}${URLS}`) ?? false;
}
