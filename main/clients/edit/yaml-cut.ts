import type { YAMLMap } from 'yaml';
import type { Inserted } from './entry-format.ts';
import { insertion, removal, type Splice, splice, spliceLines } from './splice.ts';
import { isFirstOnLine, lineStart } from './text-layout.ts';
import { yamlDocument } from './yaml-document.ts';
import { flowGapAt } from './yaml-gap.ts';
import { endOfPair, keyOf, lineAfter, pairsOf, plainColonEnd, startOf, type YamlPair, yamlHost } from './yaml-tree.ts';

function removeFromFlow(text: string, map: YAMLMap, isGone: (pair: YamlPair) => boolean): readonly Splice[] {
  const pairs = pairsOf(map);
  const changes = pairs.flatMap((pair, index) => {
    if (!isGone(pair)) return [];
    const before = pairs[index - 1];
    const start = flowGapAt(text, before ? endOfPair(before) : startOf(map) + 1).end;
    const gap = flowGapAt(text, endOfPair(pair));
    const isCommaNext = gap.comma !== undefined && text.slice(endOfPair(pair), gap.comma).trim() === '';
    return [removal(start, isCommaNext && gap.comma !== undefined ? gap.comma + 1 : endOfPair(pair))];
  });
  const last = pairs.at(-1);
  const kept = pairs.findLast((pair) => !isGone(pair));
  if (last && kept && isGone(last) && flowGapAt(text, endOfPair(last)).comma === undefined) {
    const { comma } = flowGapAt(text, endOfPair(kept));
    if (comma !== undefined) changes.push(removal(comma, comma + 1));
  }
  return changes;
}

function linesOf(text: string, pair: YamlPair): readonly [number, number] {
  const start = startOf(pair.key);
  return [isFirstOnLine(text, start) ? lineStart(text, start) : start, lineAfter(text, pair)];
}

function removeFrom(text: string, map: YAMLMap, isGone: (pair: YamlPair) => boolean): string {
  if (map.flow) return splice(text, removeFromFlow(text, map, isGone));
  const gone = pairsOf(map).filter(isGone);
  return spliceLines(
    text,
    gone.map((pair) => linesOf(text, pair)),
  );
}

/** Writes a map that has lost all its pairs as it was before it was filled. */
function restoreBlank(text: string, section: readonly string[], blank: string | undefined): string {
  const { pair, map, depth } = yamlHost(yamlDocument(text), section);
  if (depth !== section.length || map !== null || !pair) return text;
  const colon = plainColonEnd(pair);
  return colon === undefined ? text : splice(text, [insertion(colon, blank ?? ' {}')]);
}

/** See EntryFormat.cut. Comments inside and behind our entries' lines go with them. */
export function cutFromYaml(
  text: string,
  section: readonly string[],
  names: readonly string[],
  { levels = section.length + 1, blank }: Omit<Inserted, 'text'>,
): string {
  const document = yamlDocument(text);
  const { map, depth } = yamlHost(document, section);
  if (map === null || depth < section.length) return text;
  const own = new Set(names);
  const isOurs = (pair: YamlPair) => own.has(keyOf(pair));
  const pairs = pairsOf(map);
  if (!pairs.some(isOurs)) return text;
  if (!pairs.every(isOurs)) return removeFrom(text, map, isOurs);

  // Nothing stays in the section: what was made for it goes too, as far out as nothing else is in there.
  let keys = section.length;
  let gone = isOurs;
  let from = map;
  while (keys > Math.max(levels, 1) - 1) {
    const outer = yamlHost(document, section.slice(0, keys - 1)).map;
    if (outer === null) break;
    const key = section[keys - 1];
    gone = (pair) => keyOf(pair) === key;
    from = outer;
    keys -= 1;
    if (outer.items.length > 1) break;
  }
  if (!pairsOf(from).every(gone)) return removeFrom(text, from, gone);
  const last = pairsOf(from).at(-1);
  // The root itself was empty: it is written as it was, where it was.
  if (keys === 0 && last && blank !== undefined && !from.flow)
    return splice(text, [{ start: startOf(from), end: endOfPair(last), text: blank }]);
  const cut = removeFrom(text, from, gone);
  return keys > 0 ? restoreBlank(cut, section.slice(0, keys), blank) : cut;
}
