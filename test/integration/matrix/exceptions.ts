import type { ServerEras } from '../../company/server/eras.ts';
import type { Era } from '../mcp.ts';
import type { Cell, Route } from './cells.ts';

/** Something that does not work in some cells. What an exception leaves out stands for all. */
export interface Exception {
  /** Name of the behaviour. */
  readonly behaviour: string;
  readonly client?: Era;
  readonly server?: ServerEras;
  readonly routes?: readonly Route[];
  /** Why, in words for whoever wonders. */
  readonly reason: string;
}

/** What cannot cross. A behaviour that works in spite of its exception fails the test. */
export const EXCEPTIONS: readonly Exception[] = [];

/** The exception of a behaviour in a cell. */
export function exceptionOf(behaviour: string, { client, server, route }: Cell): Exception | undefined {
  return EXCEPTIONS.find(
    (exception) =>
      exception.behaviour === behaviour &&
      (exception.client ?? client) === client &&
      (exception.server ?? server) === server &&
      (exception.routes?.includes(route) ?? true),
  );
}
