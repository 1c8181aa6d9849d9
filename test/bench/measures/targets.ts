import { join } from 'node:path';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import { FAST_SERVER } from '../company/fast-company.ts';
import type { Target } from '../load/caller.ts';
import { startHelper } from '../processes/helper.ts';
import type { HttpProxyHandlers } from '../proxies/http-proxy.ts';
import { findNginx, startNginx } from '../proxies/nginx.ts';
import type { FastSetup } from './fast-setup.ts';

/** The ways to the fast server that are compared; `nginx` only where it is installed. */
export interface Targets {
  readonly targets: Readonly<Record<string, Target>>;
  /** The process that stands in between, by the target's name, where it is one that runs nothing else. */
  readonly pids: Readonly<Record<string, number>>;
  end(): Promise<void>;
}

/** Starts the other proxies and connects a client to ours. */
export async function openTargets({ agent, url, fixedToken }: FastSetup): Promise<Targets> {
  const httpProxy = startHelper<HttpProxyHandlers>(join(import.meta.dirname, '..', 'proxies', 'http-proxy.ts'));
  const rules = { url, token: fixedToken };
  const { pathname } = new URL(url);
  const file = findNginx();
  try {
    const port = await httpProxy.ask('open', rules);
    const localKey = await agent.addClient();
    const nginx = file ? await startNginx(file, agent.sandbox.project, rules) : undefined;
    return {
      targets: {
        direct: { url, headers: { authorization: `Bearer ${fixedToken}` } },
        ...(nginx && { nginx: { url: `http://127.0.0.1:${nginx.port}${pathname}`, headers: {} } }),
        'http-proxy': { url: `http://127.0.0.1:${port}${pathname}`, headers: {} },
        ours: { url: `${agent.relayUrl}/${FAST_SERVER}/mcp`, headers: { [LOCAL_KEY_HEADER_NAME]: localKey } },
      },
      pids: { 'http-proxy': httpProxy.pid, ours: agent.pid },
      end: async () => {
        await Promise.all([httpProxy.end(), nginx?.end()]);
      },
    };
  } catch (error) {
    await httpProxy.end();
    throw error;
  }
}
