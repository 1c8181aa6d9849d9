import { posix } from 'node:path';
import { findCycles } from './cycles.ts';
import { type Import, readSource, type Taken } from './read-source.ts';
import type { Rules } from './rules.ts';

/** What opens a connection without any import. */
const OUTGOING_GLOBALS = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']);

/** Node's own ways out, by what is imported. `*` hides what is used, so it counts too. */
const OUTGOING_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  http: ['*', 'request', 'get', 'ClientRequest'],
  https: ['*', 'request', 'get'],
  http2: ['*', 'connect'],
  tls: ['*', 'connect', 'TLSSocket'],
};

/** Below HTTP: a plain socket goes past every check that egress makes. A server's names are not among them. */
const SOCKET_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  net: ['*', 'connect', 'createConnection', 'Socket', 'Stream'],
  dgram: ['*', 'createSocket', 'Socket'],
};

const SOURCE = /\.tsx?$/;

/** The innermost room that a file lies in; for `main` itself only the files directly in it. */
function roomOf(path: string, rules: Rules): string | undefined {
  return Object.keys(rules.arrows)
    .filter((room) => (room === 'main' ? posix.dirname(path) === room : path.startsWith(`${room}/`)))
    .sort((a, b) => b.length - a.length)[0];
}

function isAllowed(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** `@scope/name/deep` → `@scope/name`. */
function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function checkRelative(path: string, target: string, files: ReadonlyMap<string, unknown>, rules: Rules): string[] {
  const to = posix.join(posix.dirname(path), target);
  const from = roomOf(path, rules) ?? '';
  const toRoom = roomOf(to, rules);
  if (toRoom === undefined) return [`imports ${to}, which lies in no room`];
  if (SOURCE.test(to) && !files.has(to)) return [`imports ${to}, which does not exist`];
  if (toRoom === from || rules.arrows[from]?.includes(toRoom)) return [];
  return [`${from} may not import ${toRoom} (${to})`];
}

function checkPackage(path: string, { target = '', names }: Import, rules: Rules): string[] {
  const only = rules.packages[packageOf(target)];
  if (only && !isAllowed(path, only)) return [`only ${only.join(', ')} may import ${packageOf(target)}`];
  const module = target.replace(/^node:/, '');
  const [waysOut = [], places] =
    module in SOCKET_IMPORTS ? [SOCKET_IMPORTS[module], rules.sockets] : [OUTGOING_IMPORTS[module], rules.outgoing];
  const used = names.filter((name) => waysOut.includes(name));
  if (used.length === 0 || isAllowed(path, places)) return [];
  return [`only ${places.join(', ')} may open connections (${used.join(', ')} of ${target})`];
}

function checkFile(path: string, taken: Taken, files: ReadonlyMap<string, unknown>, rules: Rules): string[] {
  if (roomOf(path, rules) === undefined) return [`${path}: lies in no room`];
  const problems: string[] = [];
  for (const entry of taken.imports) {
    const { target, line } = entry;
    const found =
      target === undefined
        ? ['an import whose target is computed cannot be checked']
        : target.startsWith('.')
          ? checkRelative(path, target, files, rules)
          : checkPackage(path, entry, rules);
    problems.push(...found.map((text) => `${path}:${line}: ${text}`));
  }
  for (const { name, line } of taken.globals) {
    if (!OUTGOING_GLOBALS.has(name) || isAllowed(path, rules.outgoing)) continue;
    problems.push(`${path}:${line}: only ${rules.outgoing.join(', ')} may open connections (global ${name})`);
  }
  return problems;
}

/**
 * Checks a source tree against the rules.
 *
 * @param sources path (relative, with "/") → content.
 * @returns one sentence per fault, with file and line; empty when all arrows point the right way.
 */
export function checkArrows(sources: ReadonlyMap<string, string>, rules: Rules): string[] {
  const files = new Map([...sources].map(([path, code]) => [path, readSource(path, code)]));
  const problems = [...files].flatMap(([path, taken]) => checkFile(path, taken, files, rules));
  const relative = [...files].map(([path, { imports }]): [string, string[]] => [
    path,
    imports.flatMap(({ target }) => (target?.startsWith('.') ? [posix.join(posix.dirname(path), target)] : [])),
  ]);
  for (const cycle of findCycles(new Map(relative))) problems.push(`${cycle[0]}: import cycle ${cycle.join(' → ')}`);
  return problems;
}
