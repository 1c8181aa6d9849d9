import { Composer, type CST, type Document, isAlias, isScalar, type Node, Parser, visit } from 'yaml';
import { parseProblem, TextProblem } from './file-problem.ts';
import { checkLength } from './text-limit.ts';

/**
 * How a text is parsed. Nothing of it may take a time that grows with the square of the text: the parser's own check
 * for keys that are there twice does (see {@link checkNodes}), and so do the ordered maps of YAML 1.1, which a
 * document would otherwise be free to ask for.
 */
const PARSING = {
  keepSourceTokens: true,
  prettyErrors: false,
  uniqueKeys: false,
  schema: 'core',
  resolveKnownTags: false,
} as const;

/** Most directives, lines that start with `%`. There is one for the version, and one for each short form of a tag. */
const DIRECTIVE_LIMIT = 20;

/**
 * Most anchors and aliases, taken together. Each alias is looked for among all anchors, and inside another anchor's
 * value among all nodes. Apps write none, people a few.
 */
const ANCHOR_LIMIT = 100;

/** The parser's tokens up to the first that is wrong: it goes on behind it, and an error costs more than a token. */
function* tokensOf(text: string): Generator<CST.Token> {
  let directives = 0;
  for (const token of new Parser().parse(text)) {
    if (token.type === 'error') throw parseProblem(text, token.offset, 'YAML', token.message);
    if (token.type === 'directive') directives += 1;
    if (directives > DIRECTIVE_LIMIT) throw new TextProblem(`it has more than ${DIRECTIVE_LIMIT} directives`);
    yield token;
  }
}

function parse(text: string): Document.Parsed {
  let document: Document.Parsed | undefined;
  for (const next of new Composer(PARSING).compose(tokensOf(text), true, text.length)) {
    if (document) throw new TextProblem('it holds more than one document');
    document = next as Document.Parsed;
    const [first] = document.errors;
    if (first) throw parseProblem(text, first.pos[0], 'YAML', first.message);
  }
  if (!document) throw new TextProblem('it holds no document');
  return document;
}

/** Looks once at every node of a document that has no other fault. */
function checkNodes(text: string, document: Document.Parsed): void {
  let anchors = 0;
  const count = (node: Node) => {
    if (isAlias(node) || node.anchor !== undefined) anchors += 1;
    if (anchors > ANCHOR_LIMIT) throw new TextProblem(`it has more than ${ANCHOR_LIMIT} anchors and aliases`);
  };
  visit(document, {
    Node: (_key, node) => count(node),
    Map: (_key, map) => {
      count(map);
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) throw parseProblem(text, key.range?.[0] ?? 0, 'YAML', 'a key is there twice');
        keys.add(key.value);
      }
    },
  });
}

/**
 * The document of a YAML text, with the positions of its parts.
 *
 * @throws {TextProblem} with the place of the first fault; also for a key that is there twice, a second document, or
 *   more than is read without keeping everybody waiting.
 */
export function yamlDocument(text: string): Document.Parsed {
  checkLength(text);
  const document = parse(text);
  checkNodes(text, document);
  return document;
}
