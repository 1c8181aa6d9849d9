/** Every MCP session id that is ours and not a server's begins so. */
export const OWN_MCP_SESSION = 'lanyard-';
