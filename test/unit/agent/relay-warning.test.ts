import { expect, test } from 'vitest';
import { relayPortWarning } from '../../../main/agent/relay-warning.ts';
import type { ClientRecord } from '../../../main/clients/registry.ts';

const HERE = 'http://127.0.0.1:5693';
const THERE = 'http://127.0.0.1:5694';

function client(id: string, parts: Partial<ClientRecord>): ClientRecord {
  return {
    id,
    kind: 'snippet',
    title: `Title of ${id}`,
    addedAt: 1,
    keyHash: 'h',
    entries: ['lanyard-notes'],
    ...parts,
  };
}

const here = client('snippet-1', { transport: 'http', relayUrl: HERE });
const there = client('snippet-2', { transport: 'http', relayUrl: THERE });
const app = client('zed', { transport: 'http', relayUrl: THERE, file: '/f' });
const shim = client('shim', { transport: 'stdio' });
const old = client('old', {});

const MOVED =
  'Another program holds port 5693, so clients reach Lanyard on port 5694. Start apps again that were open.';
const stale = (names: string) =>
  `Connect these again: until then they send their local key to a port that is not Lanyard's: ${names}.`;

test.each<readonly [string, string, readonly ClientRecord[], string | undefined]>([
  ['all is well', HERE, [here, shim, old], undefined],
  [
    'what has no entries sends nothing',
    HERE,
    [client('a', { relayUrl: THERE, entries: [] }), client('b', { relayUrl: THERE, leaving: true })],
    undefined,
  ],
  ['a pasted entry names an earlier port', HERE, [here, there, shim], stale('Title of snippet-2 (snippet-2)')],
  ['an app names one', HERE, [app], stale('Title of zed')],
  ['the relay moved, and all know', THERE, [there, app, shim], MOVED],
  [
    'the relay moved, and not all know',
    THERE,
    [here, shim, old],
    `${MOVED} ${stale('Title of snippet-1 (snippet-1), Title of old (old)')}`,
  ],
  [
    'many do not',
    THERE,
    Array(7).fill(here),
    `${MOVED} ${stale(`${Array(5).fill('Title of snippet-1 (snippet-1)').join(', ')} and 2 more`)}`,
  ],
])('%s', (_what, relayUrl, clients, sentence) => {
  expect(relayPortWarning(5693, relayUrl, clients)).toBe(sentence);
});
