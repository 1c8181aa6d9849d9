import { parseSync } from 'vite';
import { childrenOf, freeNames, isNode, type Node } from './names.ts';

/** What a file takes from elsewhere. Lines count from 1. */
export interface Taken {
  /** Everything named by a string: imports of values and types, re-exports, `import()`, `require()`. */
  readonly imports: readonly Import[];
  /** Names that only the runtime can provide, such as `fetch`; also those reached as `globalThis.…`. */
  readonly globals: readonly { readonly name: string; readonly line: number }[];
}

/** One import. */
export interface Import {
  /** As written; undefined where it is computed. */
  readonly target: string | undefined;
  /** What is imported by name, of values only; `*` for the whole module. */
  readonly names: readonly string[];
  readonly line: number;
}

const GLOBAL_OBJECTS = new Set(['globalThis', 'global', 'window', 'self']);

function stringOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined;
}

/** `require(…)` and `createRequire(…)(…)`. */
function isRequire(callee: unknown): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'CallExpression') return isNode(callee.callee) && callee.callee.name === 'createRequire';
  return callee.type === 'Identifier' && callee.name === 'require';
}

function namesOf(node: Node): string[] {
  if (node.importKind === 'type' || node.exportKind === 'type') return [];
  if (node.type === 'ExportAllDeclaration' || node.type === 'ImportExpression') return ['*'];
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  return specifiers
    .filter(({ importKind, exportKind }) => importKind !== 'type' && exportKind !== 'type')
    .map(({ imported, local, type }) => {
      if (type === 'ImportDefaultSpecifier' || type === 'ImportNamespaceSpecifier') return '*';
      const named = isNode(imported) ? imported : (local as Node);
      const name = String(named.name ?? named.value);
      return name === 'default' ? '*' : name;
    });
}

function* importsIn(node: Node): Generator<{ target: string | undefined; names: string[]; start: number }> {
  for (const [, child] of childrenOf(node)) {
    const { type, start } = child;
    if (isNode(child.source) && (type.startsWith('Import') || type.startsWith('Export') || type === 'TSImportType')) {
      yield { target: stringOf(child.source), names: type === 'TSImportType' ? [] : namesOf(child), start };
    } else if (type === 'TSExternalModuleReference') {
      yield { target: stringOf(child.expression), names: ['*'], start };
    } else if (type === 'CallExpression' && isRequire(child.callee) && Array.isArray(child.arguments)) {
      yield { target: stringOf(child.arguments[0]), names: ['*'], start };
    }
    yield* importsIn(child);
  }
}

function* throughGlobalObject(node: Node): Generator<{ name: string; start: number }> {
  for (const [, child] of childrenOf(node)) {
    const { object, property } = child;
    if (
      child.type === 'MemberExpression' &&
      isNode(object) &&
      GLOBAL_OBJECTS.has(String(object.name)) &&
      isNode(property)
    ) {
      const name = child.computed === true ? stringOf(property) : String(property.name);
      if (name !== undefined) yield { name, start: child.start };
    }
    yield* throughGlobalObject(child);
  }
}

/**
 * Reads one TypeScript file, types included.
 *
 * @throws {Error} when it does not parse.
 */
export function readSource(path: string, code: string): Taken {
  const { program, errors } = parseSync(path, code);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const tree = program as unknown as Node;
  const line = (start: number) => code.slice(0, start).split('\n').length;
  return {
    imports: [...importsIn(tree)].map(({ start, ...rest }) => ({ ...rest, line: line(start) })),
    globals: [...freeNames(tree), ...throughGlobalObject(tree)].map(({ name, start }) => ({ name, line: line(start) })),
  };
}
