import { expect, test } from 'vitest';
import { chooseWay, type WayInput } from '../../../main/relay/choose-way.ts';
import { createServerTraits } from '../../../main/relay/server-traits.ts';

type Known = Readonly<Partial<Record<'legacy' | 'modern', boolean>>>;

const INPUT: WayInput = {
  verb: 'POST',
  mcpSessionId: undefined,
  revision: undefined,
  opens: undefined,
  fallsBack: () => false,
  isForeignSession: () => false,
};
const MODERN = { revision: '2026-07-28' };
const DISCOVER = { ...MODERN, opens: 'server/discover' } as const;
const INITIALIZE = { opens: 'initialize' } as const;
const FALLS_BACK = { fallsBack: () => true };

test.each<readonly [string, Partial<WayInput>, Known, object]>([
  ['a call within an MCP session', { mcpSessionId: 's' }, {}, { kind: 'direct' }],
  ['a call within one, whatever is known', { mcpSessionId: 's' }, { legacy: false }, { kind: 'direct' }],
  ['a call within an MCP session of ours', { mcpSessionId: 'lanyard-x' }, { legacy: true }, { kind: 'own' }],
  ['its listening stream', { mcpSessionId: 'lanyard-x', verb: 'GET' }, {}, { kind: 'own' }],
  ["another person's MCP session", { mcpSessionId: 's', isForeignSession: () => true }, {}, { kind: 'gone' }],
  ['initialize, nothing known', INITIALIZE, {}, { kind: 'direct', look: 'legacy' }],
  ['initialize, spoken', INITIALIZE, { legacy: true }, { kind: 'direct' }],
  ['initialize, not spoken', INITIALIZE, { legacy: false }, { kind: 'translate' }],
  ['a legacy request that opens nothing', {}, { legacy: false }, { kind: 'direct' }],
  ['a revision that nobody knows', { revision: '2031-01-01' }, { modern: false }, { kind: 'translate' }],
  ['one from before our time', { revision: '2024-11-05' }, { modern: false }, { kind: 'direct' }],
  ['server/discover, nothing known', DISCOVER, {}, { kind: 'direct', look: 'modern' }],
  ['server/discover, spoken', DISCOVER, { modern: true }, { kind: 'direct' }],
  ['server/discover, not spoken', DISCOVER, { modern: false }, { kind: 'translate' }],
  ['the same by a client that falls back', { ...DISCOVER, ...FALLS_BACK }, { modern: false }, { kind: 'direct' }],
  ['the same, nothing known', { ...DISCOVER, ...FALLS_BACK }, {}, { kind: 'direct' }],
  ['a modern call, nothing known', MODERN, {}, { kind: 'direct', look: 'modern' }],
  ['a modern call, not spoken', { ...MODERN, ...FALLS_BACK }, { modern: false }, { kind: 'translate' }],
  ['a modern call, spoken', MODERN, { modern: true }, { kind: 'direct' }],
  ['a GET with the header of the modern era', { ...MODERN, verb: 'GET' }, { modern: false }, { kind: 'direct' }],
])('%s', (_what, input, known, way) => {
  const traits = createServerTraits();
  for (const [era, speaks] of Object.entries(known)) traits.learnEra(era as 'legacy' | 'modern', speaks);
  expect(chooseWay({ ...INPUT, ...input }, traits)).toEqual(way);
});
