import { expect, test } from 'vitest';
import { profileOfIssuer, QUIRK_PROFILES, quirksOf, STANDARD_QUIRKS } from '../../../main/identity/quirk-profiles.ts';
import { quirkProfileSchema, quirksSchema } from '../../../shared/quirks.ts';

test.each([
  ['https://example.okta.com', 'okta'],
  ['https://example.okta.com/oauth2/default', 'okta'],
  ['https://EXAMPLE.OKTA.COM', 'okta'],
  ['https://example.oktapreview.com', 'okta'],
  ['https://example.okta-emea.com', 'okta'],
  ['https://example.eu.auth0.com/', 'auth0'],
  ['https://slack.com', 'slack'],
  ['https://mcp.slack.com', 'slack'],
  ['https://okta.com', 'standard'],
  ['https://notokta.com', 'standard'],
  ['https://notslack.com', 'standard'],
  ['https://okta.com.evil.example', 'standard'],
  ['https://evil.example/.okta.com', 'standard'],
  ['https://login.example.com', 'standard'],
  ['nonsense', 'standard'],
  [undefined, 'standard'],
])('%s is of the profile %s', (issuer, profile) => {
  expect(profileOfIssuer(issuer)).toBe(profile);
});

test('every profile leaves every quirk decided', () => {
  for (const profile of quirkProfileSchema.options) expect(quirksSchema.parse(quirksOf({ profile }))).toBeTruthy();
  expect(Object.keys(QUIRK_PROFILES).toSorted()).toEqual(quirkProfileSchema.options.toSorted());
  expect(quirksOf({})).toEqual(STANDARD_QUIRKS);
});

test('the host decides where policy names no profile, and policy has the last word on each quirk', () => {
  const issuer = 'https://example.okta.com';
  expect(quirksOf({ issuer }).assertionAudience).toBe('token-endpoint');
  expect(quirksOf({ issuer, profile: 'standard' })).toEqual(STANDARD_QUIRKS);
  expect(quirksOf({ issuer: 'https://login.example.com', profile: 'auth0' })).toMatchObject({
    issuerSlash: 'ignore',
    idJagReuse: 'while-valid',
  });
  const quirks = { assertionAudience: 'issuer', resourceOnRedemption: 'omit', basicEncoding: undefined } as const;
  expect(quirksOf({ issuer, quirks })).toEqual({ ...STANDARD_QUIRKS, resourceOnRedemption: 'omit' });
});
