import { META, metaOf } from '../mcp/revisions.ts';
import { INVALID_PARAMS, type Members, memberOf, type Outcome, refused } from '../mcp/rpc.ts';
import type { Reachable } from './catalogue.ts';
import { type Route, routeName } from './name-routes.ts';
import { gatewayName } from './names.ts';
import { nearestName } from './nearest-name.ts';
import { splitOwn } from './own-uris.ts';
import { routeTemplate, routeUri, type SeenUris } from './uri-routes.ts';
import { unwrapState, unwrapText } from './wrapped.ts';

/** A request for one server: where it goes and with which params. */
export interface Routed {
  readonly route: Route;
  readonly params: Members;
  /** The client's URI for the target, where it is a resource. */
  readonly askedUri?: string;
}

type Stated = NonNullable<ReturnType<typeof unwrapState>>;

const foreignState = () =>
  refused(INVALID_PARAMS, 'params.requestState belongs to another request. Send the one that came with the question.');

// A retry goes where the question came from, also when that is listed no longer.
function routeAgain(
  reachable: readonly Reachable[],
  found: Route | undefined,
  params: Members,
  fits: (stated: Stated) => boolean,
): { readonly route: Route | undefined; readonly state?: string } | Outcome {
  if (typeof params.requestState !== 'string') return { route: found };
  const stated = unwrapState(params.requestState);
  const owner = reachable.find(({ server }) => server.name === stated?.server);
  if (!stated || !owner) return foreignState();
  const isFound = found?.server === owner.server && found.target === stated.target;
  if (!isFound && !fits(stated)) return foreignState();
  return { route: { server: owner.server, target: stated.target }, state: stated.state };
}

const withState = (params: Members, state: string | undefined): Members =>
  state === undefined ? params : { ...params, requestState: state };

/** Says that there is no such tool or prompt, and which one was probably meant. */
function noSuchName(kind: 'tool' | 'prompt', name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? '' : ` The nearest name is "${nearest}".`;
  return `There is no ${kind} "${name.slice(0, 100)}".${hint}`;
}

/** Brings `tools/call` or `prompts/get` to its server. `names`: all that the client sees, for a hint. */
export function routeNamed(
  reachable: readonly Reachable[],
  kind: 'tools' | 'prompts',
  params: Members,
  names: () => readonly string[],
): Routed | Outcome {
  const { name } = params;
  if (typeof name !== 'string') return refused(INVALID_PARAMS, 'params.name has to be a text.');
  const again = routeAgain(
    reachable,
    routeName(reachable, kind, name),
    params,
    ({ server, target }) => gatewayName(server, target) === name,
  );
  if (!('route' in again)) return again;
  const { route, state } = again;
  if (!route) return refused(INVALID_PARAMS, noSuchName(kind === 'tools' ? 'tool' : 'prompt', name, names()));
  return { route, params: { ...withState(params, state), name: route.target } };
}

/** Brings `resources/read`, or another method with `params.uri`, to its server. */
export function routeResource(reachable: readonly Reachable[], seen: SeenUris, params: Members): Routed | Outcome {
  const { uri } = params;
  if (typeof uri !== 'string') return refused(INVALID_PARAMS, 'params.uri has to be a text.');
  const again = routeAgain(
    reachable,
    routeUri(reachable, seen, uri),
    params,
    ({ target }) => splitOwn(uri) === undefined && target === uri,
  );
  if (!('route' in again)) return again;
  const { route, state } = again;
  if (!route) {
    return refused(INVALID_PARAMS, 'None of the servers is known to have this resource. List the resources.', { uri });
  }
  return { route, params: { ...withState(params, state), uri: route.target }, askedUri: uri };
}

/** Brings `completion/complete` to the server of its prompt or template. */
export function routeCompletion(
  reachable: readonly Reachable[],
  seen: SeenUris,
  params: Members,
  names: () => readonly string[],
): Routed | Outcome {
  const { ref } = params;
  const [name, uri] = [memberOf(ref, 'name'), memberOf(ref, 'uri')];
  if (memberOf(ref, 'type') === 'ref/prompt' && typeof name === 'string') {
    const route = routeName(reachable, 'prompts', name);
    if (!route) return refused(INVALID_PARAMS, noSuchName('prompt', name, names()));
    return { route, params: { ...params, ref: { ...(ref as Members), name: route.target } } };
  }
  if (memberOf(ref, 'type') === 'ref/resource' && typeof uri === 'string') {
    const route = routeTemplate(reachable, seen, uri);
    if (!route) return refused(INVALID_PARAMS, 'None of the servers is known to have this resource.', { uri });
    return { route, params: { ...params, ref: { ...(ref as Members), uri: route.target } }, askedUri: uri };
  }
  return refused(INVALID_PARAMS, 'params.ref has to name a prompt or a resource.');
}

/** What the tasks extension has; there is no `tasks/list` and no `tasks/result` in it. */
export const TASK_METHODS: ReadonlySet<string> = new Set(['tasks/get', 'tasks/update', 'tasks/cancel']);

const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** For a client that uses tasks and did not declare them. */
export const NEEDS_TASKS = 'Tasks are for clients that declare the extension.';
/** `data` of the error that says so. */
export const TASKS_REQUIRED: Members = { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } };

/** Whether the sender of a request knows tasks. */
export function declaresTasks(params: Members): boolean {
  const capabilities = metaOf(params)[META.clientCapabilities];
  return memberOf(memberOf(capabilities, 'extensions'), TASKS_EXTENSION) !== undefined;
}

/** Brings a method of the tasks extension to the server of its task. */
export function routeTask(reachable: readonly Reachable[], params: Members): Routed | Outcome {
  const { taskId } = params;
  const task = typeof taskId === 'string' ? unwrapText(taskId) : undefined;
  const owner = reachable.find(({ server }) => server.name === task?.server);
  if (!task || !owner) return refused(INVALID_PARAMS, 'There is no such task.');
  const route = { server: owner.server, target: task.text };
  const again = routeAgain(reachable, route, params, () => false);
  if (!('route' in again)) return again;
  return { route, params: { ...withState(params, again.state), taskId: task.text } };
}
