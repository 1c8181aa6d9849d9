import { expect, test } from 'vitest';
import { isSignInAddress } from '../../../main/desktop/sign-in-address.ts';

const IDP = 'https://idp.company.example/oauth2/default';

const table: readonly [string, string, boolean][] = [
  ['https://idp.company.example/authorize?client_id=a&state=b', IDP, true],
  ['https://idp.company.example:8443/authorize', IDP, true],
  ['https://login.other.example/authorize', IDP, true],
  ['https://login.other.example/device', 'http://127.0.0.1:4000', true],
  ['http://127.0.0.1:4000/authorize', 'http://127.0.0.1:4000', true],
  ['http://localhost:4001/authorize', 'http://127.0.0.1:4000', true],
  ['http://127.0.0.1:4000/authorize', IDP, false],
  ['https://127.0.0.1:4000/authorize', IDP, false],
  ['http://localhost:4000/authorize', IDP, false],
  ['http://[::1]:4000/authorize', IDP, false],
  ['http://idp.company.example/authorize', IDP, false],
  ['http://idp.company.example/authorize', 'http://127.0.0.1:4000', false],
  ['http://idp.company.example/authorize', 'http://idp.company.example', false],
  ['https://idp.company.example@evil.example/authorize', IDP, false],
  ['https://someone:secret@idp.company.example/authorize', IDP, false],
  ['file:///etc/passwd', IDP, false],
  ['javascript:alert(1)', IDP, false],
  ['lanyard-app://window/index.html', IDP, false],
  ['ms-settings:privacy', IDP, false],
  ['//idp.company.example/authorize', IDP, false],
  ['', IDP, false],
];

test.each(table)('%j for %s: %s', (address, identityProvider, accepted) => {
  expect(isSignInAddress(address, identityProvider)).toBe(accepted);
});
