import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';

/** What openid-client gives for a code, a device code or a refresh token. */
export type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;
