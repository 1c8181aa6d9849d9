import { join } from 'node:path';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import { FAST_SERVER } from '../company/fast-company.ts';
import type { Target } from '../load/caller.ts';
import { startHelper } from '../processes/helper.ts';
import type { HttpProxyHandlers } from '../proxies/http-proxy.ts';
import { findNginx, type Nginx, startNginx } from '../proxies/nginx.ts';
import type { FastSetup } from './fast-setup.ts';

/** One of the ways to the fast servers that are compared. */
export interface Way {
  /** To the server with this name. */
  to(server: string): Target;
  /** The process that stands in between, where it is one that runs nothing else. */
  readonly pid?: number;
}

/** The ways that there are. */
export interface Ways {
  readonly ways: Readonly<Record<string, Way>>;
  /** Why one is not there, by its name. */
  readonly absent: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

/** The first server, which is what most is measured with. */
export function first(way: Way): Target {
  return way.to(FAST_SERVER);
}

/** The process in between of each way that has one. */
export function pidsOf({ ways }: Ways): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(ways).flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid] as const])),
  );
}

function wayOf(base: string, headers: Target['headers'], pid?: number): Way {
  return {
    to: (server) => ({ url: `${base}/${server}/mcp`, headers }),
    ...(pid !== undefined && { pid }),
  };
}

const NOT_INSTALLED = 'nginx is not installed';

/** Starts the other proxies and connects a client to ours. */
export async function openWays({ agent, url, fixedToken }: FastSetup): Promise<Ways> {
  const httpProxy = startHelper<HttpProxyHandlers>(join(import.meta.dirname, '..', 'proxies', 'http-proxy.ts'));
  const rules = { url, token: fixedToken };
  const file = findNginx();
  const absent: Record<string, string> = {};
  let nginx: Nginx | undefined;
  const end = async () => {
    await Promise.all([httpProxy.end(), nginx?.end()]);
  };
  try {
    const port = await httpProxy.ask('open', rules);
    const localKey = await agent.addClient();
    if (file)
      nginx = await startNginx(file, agent.sandbox.project, rules).catch((error: Error) => {
        absent.nginx = error.message;
        return undefined;
      });
    else absent.nginx = NOT_INSTALLED;
    return {
      ways: {
        direct: wayOf(new URL(url).origin, { authorization: `Bearer ${fixedToken}` }),
        ...(nginx && { nginx: wayOf(`http://127.0.0.1:${nginx.port}`, {}, nginx.pid) }),
        'http-proxy': wayOf(`http://127.0.0.1:${port}`, {}, httpProxy.pid),
        ours: wayOf(agent.relayUrl, { [LOCAL_KEY_HEADER_NAME]: localKey }, agent.pid),
      },
      absent,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
