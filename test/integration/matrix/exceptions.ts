import type { ServerEras } from '../../company/server/eras.ts';
import type { Era } from '../mcp.ts';
import type { Cell, Route } from './cells.ts';

/** Something that does not work in some cells. What an exception leaves out stands for all. */
export interface Exception {
  /** Names of behaviours. */
  readonly behaviours: readonly string[];
  readonly client?: Era;
  readonly servers?: readonly ServerEras[];
  readonly routes?: readonly Route[];
  /** Why, in words for whoever wonders. */
  readonly reason: string;
}

const OUTSIDE_OF_CALLS = ['a server logs while no call is under way', 'a server asks while no call is under way'];
const ROOTS_CHANGED = 'a server hears that the client’s roots have changed';
const UNKNOWN_NOTIFICATION = 'a notification that no revision knows arrives with its call';
const GATEWAY: readonly Route[] = ['gateway over HTTP', 'gateway over stdio'];
const THROUGH_LANYARD: readonly Route[] = ['HTTP', 'stdio', ...GATEWAY];

/**
 * What cannot cross: between whom, and why. A behaviour that works in spite of its exception fails the test. Those
 * without routes are impossible without Lanyard too.
 */
export const EXCEPTIONS: readonly Exception[] = [
  {
    behaviours: OUTSIDE_OF_CALLS,
    client: 'modern',
    reason: 'In revision 2026-07-28 whatever a server logs or asks belongs to a request of the client.',
  },
  {
    behaviours: OUTSIDE_OF_CALLS,
    client: 'legacy',
    servers: ['modern'],
    reason: 'A server of revision 2026-07-28 says nothing outside of requests, so there is nothing to carry.',
  },
  {
    behaviours: OUTSIDE_OF_CALLS,
    client: 'legacy',
    servers: ['legacy', 'both'],
    routes: GATEWAY,
    reason: 'The gateway understands messages as revision 2026-07-28 does, which has nothing outside of requests.',
  },
  {
    behaviours: [ROOTS_CHANGED],
    client: 'modern',
    reason: 'Revision 2026-07-28 has no such notification: a server asks for the roots whenever it needs them.',
  },
  {
    behaviours: [ROOTS_CHANGED],
    client: 'legacy',
    servers: ['modern'],
    reason: 'Revision 2026-07-28 has no such notification: a server asks for the roots whenever it needs them.',
  },
  {
    behaviours: [ROOTS_CHANGED],
    client: 'legacy',
    servers: ['legacy', 'both'],
    routes: GATEWAY,
    reason: 'The gateway carries what revision 2026-07-28 has, and that has no such notification.',
  },
  {
    behaviours: [
      'a subscription outlives the server’s MCP sessions',
      'a call works after the server has forgotten its MCP sessions',
    ],
    client: 'legacy',
    servers: ['legacy', 'both'],
    routes: ['direct', 'HTTP'],
    reason:
      'The MCP session is between client and server. The server says that it is gone, and the client begins anew.',
  },
  {
    behaviours: ['the client pings'],
    client: 'modern',
    reason: 'Revision 2026-07-28 has no ping.',
  },
  {
    behaviours: [UNKNOWN_NOTIFICATION],
    client: 'modern',
    servers: ['legacy'],
    routes: THROUGH_LANYARD,
    reason: 'Between the eras only the notifications of the specification are translated.',
  },
  {
    behaviours: [UNKNOWN_NOTIFICATION],
    client: 'legacy',
    servers: ['legacy'],
    routes: GATEWAY,
    reason: 'The gateway takes only the notifications of the specification from a legacy server.',
  },
  {
    behaviours: ['a method that no revision knows is answered'],
    routes: GATEWAY,
    reason:
      'The gateway cannot tell which of its servers a method is for that names no tool, prompt or resource of one.',
  },
  {
    behaviours: ['the server is who it says'],
    routes: GATEWAY,
    reason: 'The gateway is one server made of many, with a name of its own.',
  },
];

/** The exception of a behaviour in a cell. */
export function exceptionOf(behaviour: string, { client, server, route }: Cell): Exception | undefined {
  return EXCEPTIONS.find(
    (exception) =>
      exception.behaviours.includes(behaviour) &&
      (exception.client ?? client) === client &&
      (exception.servers?.includes(server) ?? true) &&
      (exception.routes?.includes(route) ?? true),
  );
}
