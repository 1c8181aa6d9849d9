// What the run saw, for its last lines. One process runs everything, so this module's list is the only one.

const figures = new Map<string, string>();

/** Notes a figure; a later one of the same name takes its place. */
export function noteFigure(name: string, value: string): void {
  figures.set(name, value);
}

/** All figures as lines, in the order they were first noted. */
export function figureLines(): readonly string[] {
  const width = Math.max(0, ...[...figures.keys()].map((name) => name.length));
  return [...figures].map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
