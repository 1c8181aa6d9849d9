import { expect, test } from 'vitest';
import { processProtectedResource } from '../../../main/discovery/protected-resource.ts';

const SERVER = new URL('https://mcp.example.com/mcp');

const judge = (more: object) => {
  const document = { resource: SERVER.href, authorization_servers: ['https://as.example.com'], ...more };
  const answer = Response.json(document);
  return processProtectedResource(new URL('/.well-known/oauth-protected-resource/mcp', SERVER), SERVER, answer, 0);
};

test('a server that takes bound tokens alone says so in its metadata', async () => {
  expect(await judge({ dpop_bound_access_tokens_required: true })).toMatchObject({ wantsBoundTokens: true });
});

test.each([{}, { dpop_bound_access_tokens_required: false }, { dpop_bound_access_tokens_required: 'true' }])(
  'one whose metadata says %j takes any',
  async (more) => {
    const found = await judge(more);
    expect(found?.resource).toBe(SERVER.href);
    expect(found?.wantsBoundTokens).toBeUndefined();
  },
);
