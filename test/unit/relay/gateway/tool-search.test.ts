import { describe, expect, it } from 'vitest';
import type { ShownTool } from '../../../../main/relay/gateway/catalogue.ts';
import { gatewayName } from '../../../../main/relay/gateway/names.ts';
import { searchTools, wordsOf } from '../../../../main/relay/gateway/tool-search.ts';
import { scriptedServer } from './scripted.ts';

const TITLES: Readonly<Record<string, string>> = { git: 'GitHub', jira: 'Jira', mail: 'Outlook Mail' };

function tool(server: string, ownName: string, description: string, title?: string): ShownTool {
  const entry = { name: gatewayName(server, ownName), description, ...(title !== undefined && { title }) };
  return { server: scriptedServer(server, TITLES[server]), ownName, entry };
}

const TOOLS = [
  tool('git', 'list_issues', 'Lists issues of a repository'),
  tool('git', 'create_issue', 'Opens a new issue in a repository'),
  tool('git', 'merge_pull_request', 'Merges a pull request'),
  tool('git', 'getFileContents', 'Reads a file'),
  tool('jira', 'create_issue', 'Creates a ticket'),
  tool('jira', 'search', 'Searches issues with JQL', 'Search issues'),
  tool('mail', 'send', 'Sends a message to somebody'),
  tool('mail', 'search', 'Finds messages in a mailbox'),
];

const found = (query: string, limit = 20) => searchTools(TOOLS, query, limit).map(({ entry }) => entry.name);

describe('a search for tools', () => {
  it.each([
    ['create issue', ['git_create_issue', 'jira_create_issue']],
    ['create jira issue', ['jira_create_issue']],
    ['jira_search', ['jira_search']],
    ['getFileContents', ['git_getFileContents']],
    ['read the file contents', ['git_getFileContents']],
    ['send an email message', ['mail_send']],
    ['merge PR pull', ['git_merge_pull_request']],
    ['github list issues', ['git_list_issues']],
    ['outlook', ['mail_send', 'mail_search']],
    ['ticket', ['jira_create_issue']],
  ])('for "%s" puts first what fits best', (query, first) => {
    expect(found(query).slice(0, first.length).sort()).toEqual([...first].sort());
  });

  it('gives no more than wanted, and the same each time', () => {
    expect(found('issue', 2)).toHaveLength(2);
    expect(found('issue')).toEqual(found('issue'));
  });

  it('gives nothing where nothing fits', () => {
    expect(found('zebra')).toEqual([]);
  });

  it('without words gives the first tools', () => {
    expect(found('  !', 3)).toEqual(['git_list_issues', 'git_create_issue', 'git_merge_pull_request']);
  });

  it('counts rare words for more than common ones', () => {
    const many = Array.from({ length: 30 }, (_, at) => tool('git', `get_thing_${at}`, 'Get a thing'));
    const rare = tool('jira', 'sprint_report', 'How it went');
    expect(searchTools([...many, rare], 'get sprint', 1)).toEqual([rare]);
  });
});

describe('the words of a text', () => {
  it.each([
    ['listIssues', ['list', 'issues']],
    ['list_issues-now', ['list', 'issues', 'now']],
    ['Größe über alles', ['größe', 'über', 'alles']],
    ['OAuth2Token', ['oauth2', 'token']],
    ['', []],
  ])('%s', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });
});
