/**
 * Finds files that import each other in a circle, types included: such files are one file in two pieces.
 *
 * @param imports file → the files it imports.
 * @returns one shortest-found circle per knot, the first file repeated at its end.
 */
export function findCycles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) {
      cycles.push([...way.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return cycles;
}
