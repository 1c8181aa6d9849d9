/** A policy document that is right in every place, for tests to put one thing wrong. */
export function policyDocument() {
  return {
    version: 1,
    company: 'Example',
    identityProvider: {
      issuer: 'https://idp.example.com',
      clientId: 'lanyard',
      authentication: { method: 'none' } as Record<string, unknown>,
      scopes: ['openid', 'offline_access'],
      redirectPorts: [] as unknown[],
      subjectToken: 'auto',
      checkIntervalMinutes: 10,
      dpop: 'auto',
      profile: 'okta',
      quirks: { assertionAudience: 'token-endpoint' } as Record<string, unknown>,
    },
    servers: [serverDocument('notes'), serverDocument('tickets')],
    grants: { keep: 'active', mintsPerMonth: 250 },
    gateway: { toolLimit: 40 },
    clients: { prefer: 'stdio', entries: 'one', allow: ['claude-code', 'vscode'], headerHelper: true },
    desktop: { updates: true },
    relay: { port: 5693, keyInPath: false },
  };
}

/** One server of such a document. */
export function serverDocument(name: string) {
  return {
    name,
    title: `The ${name}`,
    url: `https://${name}.example.com/mcp`,
    scopes: [`${name}:read`],
    authorizationServer: {
      issuer: `https://as.${name}.example.com`,
      clientId: `lanyard-at-${name}`,
      authentication: { method: 'none' } as Record<string, unknown>,
      dpop: 'required',
      quirks: {} as Record<string, unknown>,
    },
    tools: { allow: ['get_*', 'search'], deny: ['*_all'], readOnly: true } as Record<string, unknown>,
  };
}

/** Puts `value` at a path such as `servers[0].name`; `undefined` takes the key away. */
export function withValue(document: unknown, path: string, value: unknown): unknown {
  const keys = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Record<string, unknown>>(
    (at, key) => at[key] as Record<string, unknown>,
    document as Record<string, unknown>,
  );
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return document;
}
