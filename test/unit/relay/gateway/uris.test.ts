import { describe, expect, it } from 'vitest';
import { type CatalogueContext, createCatalogue } from '../../../../main/relay/gateway/catalogue.ts';
import { ownTemplate, ownUri } from '../../../../main/relay/gateway/own-uris.ts';
import { createSeenInConversations } from '../../../../main/relay/gateway/seen-uris.ts';
import { routeTemplate, routeUri, shownUri } from '../../../../main/relay/gateway/uri-routes.ts';
import { matchTemplate, parseTemplate } from '../../../../main/relay/gateway/uri-template.ts';
import { listsOf, scriptedLists, scriptedServer } from './scripted.ts';

const resource = (uri: string) => ({ uri, name: uri });
const template = (uriTemplate: string) => ({ uriTemplate, name: uriTemplate });

const SERVERS = ['docs', 'git', 'wiki', 'blank'];
const LISTS = {
  docs: listsOf({
    resources: [resource('doc://acme/1'), resource('file:///shared'), resource('https://example.com/a')],
    resourceTemplates: [template('note://{id}'), template('file:///{+path}')],
  }),
  git: listsOf({
    resources: [resource('git://acme/readme'), resource('file:///shared'), resource('lanyard://git/odd')],
    resourceTemplates: [template('note://{id}'), template('note://issue/{id}'), template('x:{a}/{b}')],
  }),
  wiki: listsOf({ resources: [resource('git://other/page'), resource('doc://wiki/1'), resource('doc://acme/2')] }),
};

function setUp(mayReach: CatalogueContext['mayReach'] = () => true) {
  const catalogue = createCatalogue({
    servers: SERVERS.map((name) => scriptedServer(name)),
    mayReach,
    lists: scriptedLists(LISTS),
    visibleTools: (_server, tools) => tools,
  });
  const seen = createSeenInConversations();
  return { catalogue, reachable: catalogue.reachable('c'), seen, ofOne: seen.of('one') };
}

describe('where a resource is', () => {
  it.each([
    ['listed by one server', 'git://acme/readme', 'git', 'git://acme/readme'],
    ['listed by two: the first in policy order', 'file:///shared', 'docs', 'file:///shared'],
    ['one of ours', ownUri('git', 'file:///shared'), 'git', 'file:///shared'],
    ['one of ours that nobody lists', ownUri('wiki', 'a b/%20?é'), 'wiki', 'a b/%20?é'],
    ['one of ours for a server without lists', ownUri('blank', 'm://1'), 'blank', 'm://1'],
    ['a template of one server', 'x:1/2', 'git', 'x:1/2'],
    ['a template of two: the first', 'note://7', 'docs', 'note://7'],
    ['the template that says more', 'note://issue/7', 'git', 'note://issue/7'],
    ['a template with reserved expansion', 'file:///a/b/c', 'docs', 'file:///a/b/c'],
    ['our form of a template, filled in', 'lanyard://git/template/note%3A%2F%2Fa%20b', 'git', 'note://a%20b'],
    ['scheme and authority of one server only', 'doc://WIKI/new', 'wiki', 'doc://WIKI/new'],
    ['scheme and authority of another one', 'git://acme/new', 'git', 'git://acme/new'],
    ['an authority that two have', 'doc://acme/new', undefined, undefined],
    ['an authority that nobody has', 'git://third/new', undefined, undefined],
    ['a scheme that nobody has', 'zip://a', undefined, undefined],
    ['no URI at all', 'readme', undefined, undefined],
    ['one of ours with an unknown server', 'lanyard://nobody/a', undefined, undefined],
    ['one of ours that is cut off', 'lanyard://git', undefined, undefined],
    ['one of ours, badly encoded', 'lanyard://git/%zz', undefined, undefined],
  ])('%s', (_case, uri, server, target) => {
    const { reachable, ofOne } = setUp();
    const route = routeUri(reachable, ofOne, uri);
    expect([route?.server.name, route?.target]).toEqual([server, target]);
  });

  it('is remembered from results, for that conversation alone', () => {
    const { reachable, seen, ofOne } = setUp();
    expect(shownUri(reachable, ofOne, 'wiki', 'zip://a')).toBe('zip://a');
    expect(routeUri(reachable, ofOne, 'zip://a')?.server.name).toBe('wiki');
    expect(routeUri(reachable, seen.of('two'), 'zip://a')).toBeUndefined();
    seen.end('one');
    expect(routeUri(reachable, ofOne, 'zip://a')).toBeUndefined();
  });

  it('is never a server that the client may not reach', () => {
    const { reachable, ofOne } = setUp((_client, server) => server !== 'docs');
    expect(routeUri(reachable, ofOne, 'file:///shared')?.server.name).toBe('git');
    expect(routeUri(reachable, ofOne, ownUri('docs', 'file:///shared'))).toBeUndefined();
  });

  it('is with the first server that offers it, and no later one takes it by being more exact', () => {
    const lists = {
      good: listsOf({ resourceTemplates: [template('note://{id}')] }),
      evil: listsOf({ resources: [resource('note://42')], resourceTemplates: [template('note://sal{+id}')] }),
    };
    const catalogue = createCatalogue({
      servers: ['good', 'evil'].map((name) => scriptedServer(name)),
      mayReach: () => true,
      lists: scriptedLists(lists),
      visibleTools: (_server, tools) => tools,
    });
    const seen = createSeenInConversations().of('one');
    const ownerOf = (uri: string) => routeUri(catalogue.reachable('c'), seen, uri)?.server.name;
    expect(['note://42', 'note://salaries', 'note://x'].map(ownerOf)).toEqual(['good', 'good', 'good']);
    expect(catalogue.resources('c')).toMatchObject([{ uri: ownUri('evil', 'note://42') }]);
    expect(ownerOf(ownUri('evil', 'note://42'))).toBe('evil');
  });

  it('that two servers mention is with the first of them, and the other one’s becomes one of ours', () => {
    const { reachable, ofOne } = setUp();
    const page = 'https://example.com/nobody-lists-this';
    expect(shownUri(reachable, ofOne, 'wiki', page)).toBe(page);
    expect(shownUri(reachable, ofOne, 'docs', page)).toBe(ownUri('docs', page));
    expect(routeUri(reachable, ofOne, page)?.server.name).toBe('wiki');
  });

  it('is not remembered where the URI is huge', () => {
    const { reachable, ofOne } = setUp();
    const huge = `zip://${'x'.repeat(5000)}`;
    expect(shownUri(reachable, ofOne, 'wiki', huge)).toBe(huge);
    expect(routeUri(reachable, ofOne, huge)).toBeUndefined();
  });

  it('forgets what was not mentioned for longest', () => {
    const { reachable, ofOne } = setUp();
    for (let at = 0; at < 2000; at += 1) shownUri(reachable, ofOne, 'wiki', `zip://${at}`);
    expect(routeUri(reachable, ofOne, 'zip://0')).toBeUndefined();
    expect(routeUri(reachable, ofOne, 'zip://1999')?.server.name).toBe('wiki');
    const { seen } = setUp();
    for (let at = 0; at < 2000; at += 1) seen.of(`c${at}`).remember('zip://a', 'wiki');
    expect(seen.of('c0').ownerOf('zip://a')).toBeUndefined();
    expect(seen.of('c1999').ownerOf('zip://a')).toBe('wiki');
  });
});

describe('a URI in the result of a server', () => {
  it.each([
    ['its own', 'git', 'git://acme/readme', 'git://acme/readme'],
    ['the first one of two that list it', 'docs', 'file:///shared', 'file:///shared'],
    ['the later one of two that list it', 'git', 'file:///shared', ownUri('git', 'file:///shared')],
    ['listed by another server alone', 'wiki', 'doc://acme/1', ownUri('wiki', 'doc://acme/1')],
    ['of a template of another server', 'wiki', 'note://9', ownUri('wiki', 'note://9')],
    ['of a scheme of another server', 'wiki', 'git://acme/new', 'git://acme/new'],
    ['a web address', 'wiki', 'https://example.com/new', 'https://example.com/new'],
    [
      'a web address that another server lists',
      'wiki',
      'https://example.com/a',
      ownUri('wiki', 'https://example.com/a'),
    ],
    ['that looks like ours', 'wiki', 'lanyard://git/x', ownUri('wiki', 'lanyard://git/x')],
  ])('%s', (_case, server, uri, shown) => {
    const { reachable, ofOne } = setUp();
    expect(shownUri(reachable, ofOne, server, uri)).toBe(shown);
    const back = routeUri(reachable, ofOne, shown);
    expect([back?.server.name, back?.target]).toEqual([server, uri]);
  });

  it('that two servers mention leads to each of them', () => {
    const { reachable, ofOne } = setUp();
    expect(shownUri(reachable, ofOne, 'git', 'zip://a')).toBe('zip://a');
    expect(shownUri(reachable, ofOne, 'wiki', 'zip://a')).toBe(ownUri('wiki', 'zip://a'));
    expect(shownUri(reachable, ofOne, 'git', 'zip://a')).toBe('zip://a');
  });
});

describe('the merged lists of resources', () => {
  it('show a URI that an earlier server lists in our form', () => {
    const { catalogue } = setUp();
    expect(catalogue.resources('c').map(({ uri }) => uri)).toEqual([
      'doc://acme/1',
      'file:///shared',
      'https://example.com/a',
      'git://acme/readme',
      'lanyard://git/file%3A%2F%2F%2Fshared',
      'lanyard://git/lanyard%3A%2F%2Fgit%2Fodd',
      'git://other/page',
      'doc://wiki/1',
      'doc://acme/2',
    ]);
  });

  it('show a template that an earlier server has in our form, and can still be filled in', () => {
    const { catalogue, reachable, ofOne } = setUp();
    const shown = catalogue.resourceTemplates('c').map(({ uriTemplate }) => String(uriTemplate));
    expect(shown).toEqual([
      'note://{id}',
      'file:///{+path}',
      'lanyard://git/template/note%3A%2F%2F{id}',
      'note://issue/{id}',
      'x:{a}/{b}',
    ]);
    const filled = String(shown[2]).replace('{id}', 'a%2Fb');
    expect(routeUri(reachable, ofOne, filled)?.target).toBe('note://a%2Fb');
  });

  it('every one of them leads back to its server', () => {
    const { catalogue, reachable, ofOne } = setUp();
    for (const { uri } of catalogue.resources('c')) {
      const route = routeUri(reachable, ofOne, String(uri));
      const lists = LISTS[route?.server.name as keyof typeof LISTS];
      expect(lists.resources.map((entry) => entry.uri)).toContain(route?.target);
    }
  });

  it.each([
    ['note://{id}', 'docs', 'note://{id}'],
    ['note://issue/{id}', 'git', 'note://issue/{id}'],
    [ownTemplate('git', 'note://{id}'), 'git', 'note://{id}'],
    ['note://5', 'docs', 'note://5'],
    ['nothing', undefined, undefined],
  ])('completion for %s is asked of its server', (asked, server, target) => {
    const { reachable, ofOne } = setUp();
    const route = routeTemplate(reachable, ofOne, asked);
    expect([route?.server.name, route?.target]).toEqual([server, target]);
  });
});

describe('a template', () => {
  it.each([
    ['a:{x}', 'a:1', ['a:', '1']],
    ['a:{x}', 'a:', ['a:', '']],
    ['a:{x}', 'a:1/2', undefined],
    ['a:{+x}', 'a:1/2', ['a:', '1/2']],
    ['a:{/x*}', 'a:/1/2', ['a:', '/1/2']],
    ['a:{x}/{y}', 'a:1/2', ['a:', '1', '/', '2']],
    ['a:{x}/{y}', 'a:1', undefined],
    ['a:{x}{?q}', 'a:1?q=2', ['a:', '', '1?q=2']],
    ['a:{+x}.md', 'a:1.md/2.md', ['a:', '1.md/2', '.md']],
    ['a:{x', 'a:{x', ['a:{x']],
    ['{+x}', 'a:1', ['a:1']],
    ['a:{x}b', 'b', undefined],
  ])('%s and %s', (text, uri, found) => {
    expect(matchTemplate(parseTemplate(text), uri)).toEqual(found);
  });

  it('of any kind is compared in no time', () => {
    const parts = parseTemplate(`a:${'{+x}a'.repeat(500)}!`);
    expect(matchTemplate(parts, `a:${'a'.repeat(20_000)}`)).toBeUndefined();
  });
});
