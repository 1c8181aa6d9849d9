import { describe, expect, test } from 'vitest';
import { openSignInPage } from '../../../main/desktop/pages.ts';
import { isSignInAddress } from '../../../main/desktop/sign-in-address.ts';
import { problemFrom } from '../fixtures.ts';

const IDP = 'https://idp.company.example/oauth2/default';
const LOCAL_IDP = 'http://127.0.0.1:4000';
const OTHER = 'https://login.other.example';

const table: readonly [string, string, readonly string[], boolean][] = [
  ['https://idp.company.example/authorize?client_id=a&state=b', IDP, [], true],
  ['https://IDP.company.example:443/authorize', IDP, [], true],
  ['https://login.other.example/authorize', IDP, [], false],
  ['https://login.other.example/authorize', IDP, [OTHER], true],
  ['https://login.other.example/device', LOCAL_IDP, [OTHER], true],
  ['https://idp.company.example/authorize', IDP, [OTHER], true],
  ['https://evil.example/authorize', IDP, [OTHER], false],
  ['https://login.other.example.evil.example/authorize', IDP, [OTHER], false],
  ['https://login.other.example:8443/authorize', IDP, [OTHER], false],
  ['https://idp.company.example:8443/authorize', IDP, [], false],
  ['http://127.0.0.1:4000/authorize', LOCAL_IDP, [], true],
  ['http://localhost:4000/authorize', LOCAL_IDP, [], false],
  ['http://127.0.0.1:4001/authorize', LOCAL_IDP, [], false],
  ['http://127.0.0.1:4001/authorize', LOCAL_IDP, ['http://127.0.0.1:4001'], true],
  ['http://127.0.0.1:4000/authorize', IDP, [], false],
  ['http://127.0.0.1:4000/authorize', IDP, ['http://127.0.0.1:4000'], false],
  ['https://127.0.0.1:4000/authorize', IDP, ['https://127.0.0.1:4000'], false],
  ['http://localhost:4000/authorize', IDP, ['http://localhost:4000'], false],
  ['http://[::1]:4000/authorize', IDP, ['http://[::1]:4000'], false],
  ['http://idp.company.example/authorize', IDP, ['http://idp.company.example'], false],
  ['http://idp.company.example/authorize', LOCAL_IDP, ['http://idp.company.example'], false],
  ['http://idp.company.example/authorize', 'http://idp.company.example', [], false],
  ['https://idp.company.example@evil.example/authorize', IDP, [], false],
  ['https://someone:secret@idp.company.example/authorize', IDP, [], false],
  ['file:///etc/passwd', IDP, ['null'], false],
  ['javascript:alert(1)', IDP, ['null'], false],
  ['cursor://anysphere.cursor-deeplink/mcp/install?name=a&config=b', IDP, ['null'], false],
  ['vscode:mcp/install?a', IDP, ['null'], false],
  ['lanyard-app://window/index.html', IDP, ['null'], false],
  ['ms-settings:privacy', IDP, [], false],
  ['//idp.company.example/authorize', IDP, [], false],
  ['', IDP, [], false],
];

test.each(table)('%j for %s and %j: %s', (address, identityProvider, signInOrigins, accepted) => {
  expect(isSignInAddress(address, { identityProvider, signInOrigins })).toBe(accepted);
});

describe('a page that is not the identity provider’s', () => {
  test('stays closed, and the refusal says where it is and where it should be, without what the address holds', async () => {
    const opened: string[] = [];
    const problem = await problemFrom(
      openSignInPage(async (address) => void opened.push(address), 'https://evil.example/authorize?state=s-1', {
        identityProvider: IDP,
        signInOrigins: [OTHER],
      }),
    );
    expect(opened).toEqual([]);
    expect(problem.code).toBe('sign-in-address');
    expect(problem.user).toMatch(/identity provider.*administrator/);
    expect(problem.administrator).toContain('https://evil.example');
    expect(problem.administrator).toContain(IDP);
    expect(problem.administrator).toContain(OTHER);
    expect(problem.administrator).not.toContain('s-1');
  });
});
