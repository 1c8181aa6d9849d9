// A small part of what a compiler knows about names: enough to tell the global `fetch` from a parameter called fetch.

/** A node of the syntax tree (ESTree with TypeScript's own nodes). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** Whether a value found in a tree is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The nodes directly below, with the name of the field that holds them. */
export function* childrenOf(node: Node): Generator<[field: string, child: Node]> {
  for (const [field, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield [field, child];
  }
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const VALUES_IN_TYPES = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSInstantiationExpression',
]);

/** Names that a pattern such as `{ a, b: [c] = d, ...e }` declares. */
function* declaredBy(pattern: Node): Generator<string> {
  if (pattern.type === 'Identifier') yield String(pattern.name);
  else if (pattern.type === 'Property') yield* declaredBy(pattern.value as Node);
  else if (pattern.type === 'AssignmentPattern') yield* declaredBy(pattern.left as Node);
  else if (pattern.type === 'TSParameterProperty') yield* declaredBy(pattern.parameter as Node);
  else for (const [field, child] of childrenOf(pattern)) if (field !== 'decorators') yield* declaredBy(child);
}

/** Names declared in a function (or file) itself. Blocks count as part of it, which only makes us less strict. */
function* declaredIn(node: Node): Generator<string> {
  for (const [field, child] of childrenOf(node)) {
    if (field === 'params' || (child.type === 'CatchClause' && child.param)) {
      yield* declaredBy(field === 'params' ? child : (child.param as Node));
    }
    if (child.type === 'VariableDeclarator') yield* declaredBy(child.id as Node);
    if (child.type.startsWith('Import') && isNode(child.local)) yield String(child.local.name);
    if (/^(Function|Class)Declaration$/.test(child.type) && isNode(child.id)) yield String(child.id.name);
    if (!FUNCTIONS.has(child.type)) yield* declaredIn(child);
  }
}

/** A name as a mere label: `a.fetch`, `{ fetch: … }`, a method called fetch. */
function isLabel(parent: Node, field: string): boolean {
  return (field === 'property' || field === 'key') && parent.computed !== true;
}

/** Uses of names that nothing in the file declares, as values; types do not count. */
export function* freeNames(
  node: Node,
  known: ReadonlySet<string> = new Set(),
): Generator<{ readonly name: string; readonly start: number }> {
  const scope = node.type === 'Program' || FUNCTIONS.has(node.type) ? new Set([...known, ...declaredIn(node)]) : known;
  for (const [field, child] of childrenOf(node)) {
    if (child.type.startsWith('Import') && child.type !== 'ImportExpression') continue;
    if (child.type.startsWith('TS') && !VALUES_IN_TYPES.has(child.type)) continue;
    if (child.type !== 'Identifier') yield* freeNames(child, scope);
    else if (!isLabel(node, field) && !scope.has(String(child.name))) {
      yield { name: String(child.name), start: child.start };
    }
  }
}
