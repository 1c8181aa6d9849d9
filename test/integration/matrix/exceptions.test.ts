import { expect, test } from 'vitest';
import { BEHAVIOURS } from './behaviours.ts';
import { type Cell, cellsOf } from './cells.ts';
import { EXCEPTIONS, exceptionOf } from './exceptions.ts';

const CELLS: readonly Cell[] = (['legacy', 'modern', 'both'] as const).flatMap(cellsOf);

test('there is a cell for every client, server and route', () => {
  expect(CELLS.filter(({ route }) => route !== 'direct')).toHaveLength(2 * 3 * 4);
});

test('every exception is about behaviours that are run, and counts somewhere', () => {
  const used = new Set(
    CELLS.flatMap((cell) => Object.keys(BEHAVIOURS).map((behaviour) => exceptionOf(behaviour, cell))),
  );
  for (const exception of EXCEPTIONS) {
    expect(Object.keys(BEHAVIOURS)).toEqual(expect.arrayContaining([...exception.behaviours]));
    expect(used).toContain(exception);
  }
});
