// The client under test of the EMA scenarios: our agent and relay, composed as the program composes them, with an
// ordinary SDK client in front. The suite starts it with its MCP server's address as the last argument.
//
// It hands over a ready ID token where a person would sign in. So that token is put into the vault, as the session
// that a sign-in would have left there; the program itself has no way to import one.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { startAgent } from '../../main/agent/agent.ts';
import { discoverServer } from '../../main/discovery/discover.ts';
import { createEgress } from '../../main/egress/egress.ts';
import { createLog } from '../../main/journal/log.ts';
import { terminalSink } from '../../main/journal/sinks.ts';
import { parsePolicy } from '../../main/policy/parse.ts';
import { insecureFileKeyStore } from '../../main/vault/insecure-file-key.ts';
import { openVault } from '../../main/vault/vault.ts';
import { pastedClientSchema } from '../../shared/local-api.ts';
import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';
import { type LocalPaths, localPaths } from '../../shared/paths.ts';

/** What the suite hands over. */
const contextSchema = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  idp_client_id: z.string(),
  idp_id_token: z.string(),
  idp_issuer: z.string(),
});
type Context = z.infer<typeof contextSchema>;

/** Name of the one server in the policy. */
const SERVER = 'subject';

/** The first revision without sessions; before it, clients negotiate by `initialize`. */
const STATELESS_REVISION = '2026-07-28';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The policy an administrator would write. A client secret needs its AS's issuer, which the suite does not tell. */
async function policyText(url: string, context: Context): Promise<string> {
  const egress = createEgress();
  const { authorizationServer } = await discoverServer(new URL(url), undefined, {
    fetch: egress.fetch,
    clock: Date.now,
  });
  await egress.close();
  return JSON.stringify({
    version: 1,
    company: 'Conformance',
    identityProvider: { issuer: context.idp_issuer, clientId: context.idp_client_id },
    servers: [
      {
        name: SERVER,
        title: 'Server under test',
        url,
        authorizationServer: {
          issuer: authorizationServer.issuer,
          clientId: context.client_id,
          authentication: { method: 'client_secret_basic', clientSecret: context.client_secret },
        },
      },
    ],
    relay: { port: await freePort() },
  });
}

async function signInWithout(paths: LocalPaths, context: Context): Promise<void> {
  const { sub, exp = 0 } = decodeJwt(context.idp_id_token);
  const vault = await openVault(paths.insecureVault, insecureFileKeyStore(paths.insecureKey));
  await vault.update((contents) => ({
    ...contents,
    session: {
      issuer: context.idp_issuer,
      subject: sub ?? '',
      idToken: context.idp_id_token,
      idTokenExpiresAt: exp * 1000,
      provedAt: Date.now(),
    },
  }));
}

async function useServer(address: string, localKey: string, revision: string | undefined): Promise<void> {
  const client = new Client(
    { name: 'lanyard-conformance', version: '1.0.0' },
    { versionNegotiation: { mode: revision === STATELESS_REVISION ? { pin: STATELESS_REVISION } : 'legacy' } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(address), {
      requestInit: { headers: { [LOCAL_KEY_HEADER_NAME]: localKey } },
    }),
  );
  const { tools } = await client.listTools();
  for (const { name } of tools) await client.callTool({ name, arguments: {} });
  await client.close();
}

const url = process.argv.at(-1) ?? '';
const context = contextSchema.parse(JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}'));
const home = await mkdtemp(join(tmpdir(), 'lanyard-conformance-'));
const paths = localPaths(home);
try {
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  await signInWithout(paths, context);
  const agent = await startAgent({
    loaded: { policy: parsePolicy(await policyText(url, context), 'conformance'), file: 'conformance', source: 'file' },
    paths,
    home,
    keyStore: insecureFileKeyStore(paths.insecureKey),
    log: createLog([terminalSink(process.stderr)]),
    program: { file: process.execPath, args: [] },
  });
  try {
    const { localKey } = pastedClientSchema.parse(await agent.acts.addClient({ kind: 'snippet', transport: 'http' }));
    const address = `${agent.state().relay.url}/${SERVER}/mcp`;
    await useServer(address, localKey, process.env.MCP_CONFORMANCE_PROTOCOL_VERSION);
  } finally {
    await agent.close();
  }
} finally {
  await rm(home, { recursive: true, force: true });
}
