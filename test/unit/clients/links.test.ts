import { describe, expect, test } from 'vitest';
import { clientLink } from '../../../main/clients/links.ts';
import { makeLocalKey } from '../../../main/clients/local-key.ts';
import { APP_KINDS } from '../../../shared/client-kinds.ts';

const ENTRY = { command: '/opt/Lanyard/resources/lanyard/lanyard', args: ['stdio', 'notes', '--client', 'cursor'] };
const KINDS_WITH_LINKS = ['cursor', 'vscode', 'vscode-insiders', 'lm-studio'] as const;

function configOf(link: string): unknown {
  const config = new URL(link).searchParams.get('config') ?? '';
  return JSON.parse(Buffer.from(config, 'base64').toString('utf8'));
}

describe('clientLink', () => {
  test.each(['cursor', 'lm-studio'] as const)('%s: the entry as base64, its name beside it', (kind) => {
    const link = clientLink(kind, 'lanyard-notes', ENTRY) ?? '';
    expect(link).toMatch(
      kind === 'cursor' ? /^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?/ : /^lmstudio:\/\/add_mcp\?/,
    );
    expect(new URL(link).searchParams.get('name')).toBe('lanyard-notes');
    expect(configOf(link)).toEqual(ENTRY);
  });

  test.each(['vscode', 'vscode-insiders'] as const)('%s: the entry with its name as encoded JSON', (kind) => {
    const link = clientLink(kind, 'lanyard-notes', { type: 'stdio', ...ENTRY }) ?? '';
    const [scheme, query] = link.split('?');
    expect(scheme).toBe(`${kind}:mcp/install`);
    expect(JSON.parse(decodeURIComponent(query ?? ''))).toEqual({ name: 'lanyard-notes', type: 'stdio', ...ENTRY });
  });

  test('base64 that a query would change (+, /, =) arrives as it was', () => {
    const entry = { command: '/Program Files/Länyard ÿ??>>', args: ['~~~', '???'] };
    expect(configOf(clientLink('cursor', 'lanyard', entry) ?? '')).toEqual(entry);
  });

  test.each(APP_KINDS.filter((kind) => !(KINDS_WITH_LINKS as readonly string[]).includes(kind)))(
    '%s has no such addresses',
    (kind) => {
      expect(clientLink(kind, 'lanyard-notes', ENTRY)).toBeUndefined();
    },
  );

  const key = makeLocalKey();
  const unfit: readonly [string, string, unknown][] = [
    ['an HTTP entry', 'lanyard', { type: 'http', url: 'http://127.0.0.1:5693/notes/mcp' }],
    ['headers', 'lanyard', { ...ENTRY, headers: { 'Lanyard-Key': 'x' } }],
    ['an environment', 'lanyard', { ...ENTRY, env: { KEY: 'x' } }],
    ['a key among the arguments', 'lanyard', { ...ENTRY, args: ['stdio', key] }],
    ['a key inside an address', 'lanyard', { ...ENTRY, args: [`http://127.0.0.1:5693/~${key}/notes/mcp`] }],
    ['a key as the command', 'lanyard', { ...ENTRY, command: key }],
    ['a key as the name', key, ENTRY],
    ['a client’s own form of stdio', 'lanyard', { type: 'local', command: ['lanyard', 'stdio'] }],
    ['no object', 'lanyard', 'lanyard stdio'],
    ['what is too long', 'lanyard', { ...ENTRY, args: ['x'.repeat(8_000)] }],
  ];
  test.each(unfit)('no address for %s', (_, name, entry) => {
    for (const kind of KINDS_WITH_LINKS) expect(clientLink(kind, name, entry)).toBeUndefined();
  });

  test('a path that only looks a little like a key is none', () => {
    expect(clientLink('cursor', 'lanyard', { command: '/home/walk_er/lanyard', args: [] })).toBeDefined();
  });
});
