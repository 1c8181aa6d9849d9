import { expect, test } from 'vitest';
import { authorizationServerUrls } from '../../../main/discovery/authorization-server.ts';
import { protectedResourceUrls } from '../../../main/discovery/protected-resource.ts';

const OAUTH = '/.well-known/oauth-authorization-server';
const OIDC = '/.well-known/openid-configuration';
const RESOURCE = '/.well-known/oauth-protected-resource';

test.each([
  ['https://as.example.com', [`https://as.example.com${OAUTH}`, `https://as.example.com${OIDC}`]],
  ['https://as.example.com/', [`https://as.example.com${OAUTH}`, `https://as.example.com${OIDC}`]],
  ['https://as.example.com:8443', [`https://as.example.com:8443${OAUTH}`, `https://as.example.com:8443${OIDC}`]],
  [
    'https://as.example.com/tenant',
    [
      `https://as.example.com${OAUTH}/tenant`,
      `https://as.example.com${OIDC}/tenant`,
      `https://as.example.com/tenant${OIDC}`,
    ],
  ],
  [
    'https://as.example.com/a/b/',
    [`https://as.example.com${OAUTH}/a/b`, `https://as.example.com${OIDC}/a/b`, `https://as.example.com/a/b${OIDC}`],
  ],
  [
    'https://as.example.com/a%2Fb',
    [
      `https://as.example.com${OAUTH}/a%2Fb`,
      `https://as.example.com${OIDC}/a%2Fb`,
      `https://as.example.com/a%2Fb${OIDC}`,
    ],
  ],
])('metadata of the issuer %s', (issuer, expected) => {
  expect(authorizationServerUrls(issuer).map((url) => url.href)).toEqual(expected);
});

test.each([
  'https://as.example.com//evil.example',
  'https://as.example.com//127.0.0.1:8080/x',
  'https://as.example.com/\\evil',
])('metadata of %s is asked for at its own origin alone', (issuer) => {
  const urls = authorizationServerUrls(issuer);
  expect(urls).toHaveLength(3);
  for (const { origin } of urls) expect(origin).toBe('https://as.example.com');
});

test.each([
  ['https://mcp.example.com', [`https://mcp.example.com${RESOURCE}`]],
  ['https://mcp.example.com/', [`https://mcp.example.com${RESOURCE}`]],
  ['https://mcp.example.com/mcp', [`https://mcp.example.com${RESOURCE}/mcp`, `https://mcp.example.com${RESOURCE}`]],
  [
    'https://mcp.example.com/v1/mcp/',
    [`https://mcp.example.com${RESOURCE}/v1/mcp`, `https://mcp.example.com${RESOURCE}`],
  ],
  [
    'https://mcp.example.com/mcp?project=7',
    [`https://mcp.example.com${RESOURCE}/mcp?project=7`, `https://mcp.example.com${RESOURCE}`],
  ],
  ['http://127.0.0.1:9/mcp', [`http://127.0.0.1:9${RESOURCE}/mcp`, `http://127.0.0.1:9${RESOURCE}`]],
  [
    'https://mcp.example.com//evil.example',
    [`https://mcp.example.com${RESOURCE}//evil.example`, `https://mcp.example.com${RESOURCE}`],
  ],
])('metadata of the server %s', (server, expected) => {
  expect(protectedResourceUrls(new URL(server)).map((url) => url.href)).toEqual(expected);
});
