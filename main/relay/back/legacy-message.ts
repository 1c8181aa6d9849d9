import { META, MODERN_REVISION, metaOf } from '../mcp/revisions.ts';
import {
  INVALID_PARAMS,
  type Members,
  memberOf,
  type Outcome,
  RESOURCE_NOT_FOUND,
  type RequestId,
  type RpcNotification,
} from '../mcp/rpc.ts';
import { withoutExecution } from './listed-tools.ts';

/** What a server of the legacy era said of itself in its answer to `initialize`. */
export interface Hello {
  readonly revision: string;
  /** `undefined` where the server keeps no MCP sessions. */
  readonly mcpSessionId: string | undefined;
  readonly capabilities: Members;
  readonly serverInfo: Members | undefined;
  readonly instructions: string | undefined;
}

/** Keys of `_meta` that only the modern era has. */
const ENVELOPE: ReadonlySet<string> = new Set([
  META.revision,
  META.clientInfo,
  META.clientCapabilities,
  META.logLevel,
  META.subscriptionId,
]);

/** Params by which a client of the modern era goes on with a request. */
const RETRY_PARAMS: ReadonlySet<string> = new Set(['inputResponses', 'requestState']);

/** What both eras have; tasks are something else in each. */
const SHARED_CAPABILITIES: readonly string[] = [
  'experimental',
  'logging',
  'completions',
  'prompts',
  'resources',
  'tools',
  'extensions',
];

/** Results that say how long they hold (MCP 2026-07-28, "CacheableResult"). */
const CACHEABLE_METHODS: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);

/** An older server promises nothing: its results are for this person, and hold until the next look. */
const NOT_CACHEABLE = { ttlMs: 0, cacheScope: 'private' } as const;

/** Levels of log messages, the least serious first (RFC 5424 section 6.2.1). */
const LEVELS: readonly unknown[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

const without = (members: Members, dropped: ReadonlySet<string>): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !dropped.has(name)));

/** The log level that a request asks for; `undefined` where it wants no log messages, or names no level that there is. */
export function logLevelOf(params: Members | undefined): string | undefined {
  const level = metaOf(params)[META.logLevel];
  return typeof level === 'string' && LEVELS.includes(level) ? level : undefined;
}

/** The progress token that a request's client chose. */
export function progressTokenOf(params: Members | undefined): RequestId | undefined {
  const { progressToken } = metaOf(params);
  return typeof progressToken === 'string' || typeof progressToken === 'number' ? progressToken : undefined;
}

/** A modern request's params as they are sent to a server of the legacy era. */
export function toLegacyParams(params: Members | undefined, progressToken: RequestId): Members | undefined {
  if (!params) return undefined;
  const { _meta, ...rest } = without(params, RETRY_PARAMS);
  const kept = without(metaOf(params), ENVELOPE);
  const meta = progressTokenOf(params) === undefined ? kept : { ...kept, progressToken };
  return Object.keys(meta).length > 0 ? { ...rest, _meta: meta } : rest;
}

/** A result of the legacy era as one of the modern. */
export function toModernResult(method: string, result: Members, { serverInfo }: Hello): Members {
  const meta = { ...metaOf(result), ...(serverInfo && { [META.serverInfo]: serverInfo }) };
  const listed = method === 'tools/list' ? withoutExecution(result) : result;
  return {
    ...listed,
    ...(CACHEABLE_METHODS.has(method) && NOT_CACHEABLE),
    resultType: 'complete',
    ...(Object.keys(meta).length > 0 && { _meta: meta }),
  };
}

/** An outcome of the legacy era as one of the modern. */
export function toModernOutcome(method: string, outcome: Outcome, hello: Hello): Outcome {
  if ('result' in outcome) return { result: toModernResult(method, outcome.result, hello) };
  const { error } = outcome;
  return error.code === RESOURCE_NOT_FOUND ? { error: { ...error, code: INVALID_PARAMS } } : outcome;
}

/** The answer to `server/discover`, from what `initialize` brought. */
export function toDiscovery(hello: Hello): Members {
  const capabilities = Object.fromEntries(
    SHARED_CAPABILITIES.filter((name) => hello.capabilities[name] !== undefined).map((name) => [
      name,
      hello.capabilities[name],
    ]),
  );
  const { instructions } = hello;
  return toModernResult(
    'server/discover',
    { supportedVersions: [MODERN_REVISION], capabilities, ...(instructions !== undefined && { instructions }) },
    hello,
  );
}

/**
 * What came on a legacy request's own stream, as the modern request's client may see it: progress under the token it
 * chose, log messages if it asked for that level. Nothing else belongs to a request.
 */
export function toModernNotification(
  notification: RpcNotification,
  params: Members | undefined,
): RpcNotification | undefined {
  const { method } = notification;
  if (method === 'notifications/progress') {
    const progressToken = progressTokenOf(params);
    return progressToken === undefined
      ? undefined
      : { ...notification, params: { ...notification.params, progressToken } };
  }
  if (method === 'notifications/message') {
    const wanted = LEVELS.indexOf(logLevelOf(params));
    const level = LEVELS.indexOf(memberOf(notification.params, 'level'));
    return wanted >= 0 && (level < 0 || level >= wanted) ? notification : undefined;
  }
  return undefined;
}
