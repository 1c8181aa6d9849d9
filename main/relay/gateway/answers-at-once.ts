import { PRODUCT } from '../../../shared/product.ts';
import { META, MODERN_REVISION } from '../mcp/revisions.ts';
import { type Members, memberOf, type Outcome } from '../mcp/rpc.ts';
import { isListed, type Reachable } from './catalogue.ts';

/** Room for the instructions of all servers together, in characters: a model reads them with every conversation. */
const INSTRUCTIONS_LIMIT = 6000;

/** Extensions whose requests we know how to bring to their server; others are not declared in its name. */
const CARRIED_EXTENSIONS = ['io.modelcontextprotocol/tasks', 'io.modelcontextprotocol/ui'];

/** Lists change at any time, and a client that wants to know listens. Nobody else may keep what is one person's. */
const CACHING = { ttlMs: 0, cacheScope: 'private' } as const;

const SERVER_INFO = { name: PRODUCT.command, title: PRODUCT.name, version: PRODUCT.version } as const;

/** A result of the gateway itself (MCP 2026-07-28, `Result`). */
export function ownResult(members: Members): Outcome {
  return { result: { resultType: 'complete', ...members, _meta: { [META.serverInfo]: SERVER_INFO } } };
}

/** A result that a client may keep, as of the list methods (`CacheableResult`). */
export function ownCacheable(members: Members): Outcome {
  return ownResult({ ...members, ...CACHING });
}

function cut(text: string, limit: number): string {
  const whole = text.trim();
  return whole.length <= limit ? whole : `${whole.slice(0, limit - 1).toWellFormed()}…`;
}

function instructionsOf(listed: readonly Reachable[]): string {
  const speaking = listed.filter(({ index }) => (index?.lists.instructions ?? '').trim() !== '');
  const share = Math.floor(INSTRUCTIONS_LIMIT / Math.max(speaking.length, 1));
  const names = listed.map(({ server }) => `${server.title} (${server.name}_)`).join(', ');
  const ours =
    names === ''
      ? `${PRODUCT.name} brings together the company's MCP servers. None of them is available yet.`
      : `${PRODUCT.name} brings together the company's MCP servers. Names of tools and prompts begin with the name of their server: ${names}.`;
  const theirs = speaking.map(
    ({ server, index }) => `# ${server.title}\n${cut(index?.lists.instructions ?? '', share)}`,
  );
  return [ours, ...theirs].join('\n\n');
}

/**
 * The answer to `server/discover`. Capabilities are the same whatever is listed, since clients of the legacy era hear
 * them only once.
 */
export function discover(reachable: readonly Reachable[]): Outcome {
  const listed = reachable.filter(isListed);
  const declared = listed.map(({ index }) => index?.lists.capabilities);
  const extensions = CARRIED_EXTENSIONS.flatMap((name) => {
    const settings = declared
      .map((has) => memberOf(memberOf(has, 'extensions'), name))
      .find((has) => has !== undefined);
    return settings === undefined ? [] : [[name, settings] as const];
  });
  return ownCacheable({
    supportedVersions: [MODERN_REVISION],
    capabilities: {
      tools: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      prompts: { listChanged: true },
      completions: {},
      ...(declared.some((has) => memberOf(has, 'logging') !== undefined) && { logging: {} }),
      ...(extensions.length > 0 && { extensions: Object.fromEntries(extensions) }),
    },
    instructions: instructionsOf(listed),
  });
}
