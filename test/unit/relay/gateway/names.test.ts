import { describe, expect, it } from 'vitest';
import { gatewayName, NAME_LIMIT, nameTable, OWN_TOOLS, splitName } from '../../../../main/relay/gateway/names.ts';
import { nearestName } from '../../../../main/relay/gateway/nearest-name.ts';
import { createSeeded } from './scripted.ts';

const ALPHABET = ['a', 'b', 'Z', '0', '_', '-', '.', '/', ' ', 'é', '😀', '_0123abcd', 'tool', '\ud800'];
const SERVERS = ['a', 'git', 'git-hub', 'a-server-of-20-chars', 'find', 'call', 'lanyard'];
const NAME = /^[a-zA-Z0-9_-]+$/;

function generatedNames(seed: number, count: number): string[] {
  const random = createSeeded(seed);
  const pick = () => ALPHABET[Math.floor(random() * ALPHABET.length)] ?? '';
  return Array.from({ length: count }, () => Array.from({ length: Math.floor(random() ** 2 * 30) }, pick).join(''));
}

describe('the name of a tool', () => {
  it.each([
    ['git', 'create_issue', 'git_create_issue'],
    ['git-hub', 'Create-Issue2', 'git-hub_Create-Issue2'],
    ['a', 'b'.repeat(38), `a_${'b'.repeat(38)}`],
    ['a', '_', 'a__'],
  ])('%s and %s are joined', (server, name, given) => {
    expect(gatewayName(server, name)).toBe(given);
    expect(splitName(given)).toEqual({ server, name });
  });

  // These hashes are a promise: a client's settings name tools by them.
  it.each([
    ['git', 'repos/list', 'git_repos_list_'],
    ['git', 'größe', 'git_gr__e_'],
    ['a-server-of-20-chars', 'get_a_rather_long_name', 'a-server-of-20-chars_get_a_rath_'],
    ['a', 'b'.repeat(39), `a_${'b'.repeat(29)}_`],
    ['git', '', 'git__'],
    ['git', 'x_0123abcd', 'git_x_0123abcd_'],
    ['find', 'tools', 'find_tools_'],
    ['call', 'tool', 'call_tool_'],
  ])('%s and %s get a hash', (server, name, beginning) => {
    const given = gatewayName(server, name);
    expect(given.startsWith(beginning)).toBe(true);
    expect(given.slice(beginning.length)).toMatch(/^[0-9a-f]{8}$/);
    expect(splitName(given)).toBeUndefined();
  });

  it('is the same on every machine', () => {
    expect(gatewayName('git', 'repos/list')).toBe('git_repos_list_02c1a206');
  });

  it.each([1, 2, 3, 4])(
    'is valid, unique over all servers and leads back, whatever the tools are called (%i)',
    (seed) => {
      const names = generatedNames(seed, 400);
      const owners = new Map<string, string>();
      for (const server of SERVERS) {
        const { toGateway, toServer } = nameTable(server, names);
        for (const name of names) {
          const given = toGateway.get(name) ?? '';
          expect(given).toMatch(NAME);
          expect(given.length).toBeLessThanOrEqual(NAME_LIMIT);
          expect(Object.values(OWN_TOOLS)).not.toContain(given);
          expect(toServer.get(given)).toBe(name);
          expect(owners.get(given) ?? server).toBe(server);
          owners.set(given, server);
        }
      }
    },
  );

  it('does not depend on what else is listed, nor on the order', () => {
    const names = generatedNames(7, 300);
    const all = nameTable('git', names).toGateway;
    const backwards = nameTable('git', [...names].reverse()).toGateway;
    for (const name of names) {
      expect(nameTable('git', [name]).toGateway.get(name)).toBe(all.get(name));
      expect(backwards.get(name)).toBe(all.get(name));
    }
  });

  it('with the same hash as another one gets a further one, in whatever order they are listed', () => {
    const [one, other] = [`${'x'.repeat(40)} 18673`, `${'x'.repeat(40)} 84998`];
    expect(gatewayName('git', one)).toBe(gatewayName('git', other));
    const table = nameTable('git', [one, other]);
    expect(table.toGateway.get(one)).toBe(gatewayName('git', one));
    expect(table.toGateway.get(other)).toBe(gatewayName('git', other, 1));
    expect(table.toGateway.get(other)).not.toBe(table.toGateway.get(one));
    expect(nameTable('git', [other, one])).toEqual(table);
  });
});

describe('a name of ours', () => {
  it.each(['git', '_x', 'git_a.b', `git_${'x'.repeat(40)}`, 'find_tools', ''])('is not taken apart: "%s"', (given) => {
    expect(splitName(given)).toBeUndefined();
  });
});

describe('the nearest name', () => {
  const names = ['git_create_issue', 'git_list_issues', 'jira_create_issue', 'mail_send'];
  it.each([
    ['git_create_isue', 'git_create_issue'],
    ['GIT_LIST_ISSUES', 'git_list_issues'],
    ['send', 'mail_send'],
    ['mail-send', 'mail_send'],
    ['jira_createissue', 'jira_create_issue'],
    ['', undefined],
    ['qqqqqqqqqqqqqqqqqqqq', undefined],
    ['x'.repeat(1_000_000), undefined],
  ])('to %s', (asked, nearest) => {
    expect(nearestName(asked, names)).toBe(nearest);
  });
});
