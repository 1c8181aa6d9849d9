// In a file of their own, without imports: the shim starts in the time of a bare Node.

/** Path of the upgrade that turns a Local API connection into raw MCP bytes, by `POST`. */
export const STDIO_PATH = '/v1/stdio';

/** Its `Upgrade` header. */
export const STDIO_UPGRADE = 'lanyard-stdio';

/** In place of a server's name: all servers, by the gateway. No server is called so. */
export const GATEWAY = '';
