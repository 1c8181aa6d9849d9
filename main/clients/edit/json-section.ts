import type { Node } from 'jsonc-parser';
import { TextProblem } from './file-problem.ts';
import { propertiesOf } from './json-tree.ts';

/** How far into a section's keys a document goes. */
export interface Host {
  /** The innermost value that is there, of the root and the keys of the section; `null` counts as an object. */
  readonly node: Node;
  /** How many of the keys lead to it. */
  readonly depth: number;
}

/** The value of a key; `undefined` where there is none. */
function valueAt(object: Node, key: string): Node | undefined {
  const found = propertiesOf(object).filter((property) => property.key === key);
  // Programs differ in which of them they take.
  if (found.length > 1) throw new TextProblem(`it has "${key}" ${found.length} times`);
  return found[0]?.value;
}

/** Looks at each key once, since a section may have very many. */
function checkOnce(object: Node): void {
  const keys = new Set<string>();
  for (const { key } of propertiesOf(object)) {
    if (keys.has(key)) valueAt(object, key);
    keys.add(key);
  }
}

/**
 * Where entries of `section` go, or the first part of the way there.
 *
 * @throws {TextProblem} where something else than an object is on the way, or a key is there twice.
 */
export function hostOf(root: Node, section: readonly string[]): Host {
  let node = root;
  let depth = 0;
  for (;;) {
    if (node.type === 'null') return { node, depth };
    if (node.type !== 'object')
      throw new TextProblem(depth === 0 ? 'it is not a JSON object' : `its "${section[depth - 1]}" is not an object`);
    const key = section[depth];
    const next = key === undefined ? undefined : valueAt(node, key);
    if (!next) break;
    node = next;
    depth += 1;
  }
  if (depth === section.length) checkOnce(node);
  return { node, depth };
}
