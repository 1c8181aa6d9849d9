import { z } from 'zod';

/** A short list of words, with what was expected for the policy's error message. */
const oneOf = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, { error: `one of ${words.map((word) => `"${word}"`).join(', ')}` });

/**
 * Where an authorization server (or the IdP) departs from the standards, or chooses where they leave a choice. Data
 * only: each is looked at in one place.
 */
export const quirksSchema = z.strictObject(
  {
    /** `aud` of our client assertions (RFC 7523 section 3 allows both). */
    assertionAudience: oneOf('issuer', 'token-endpoint'),
    /** Credentials inside Basic: form-encoded (RFC 6749 section 2.3.1), or as they are. */
    basicEncoding: oneOf('form', 'plain'),
    /** Whether `scope` is sent when an ID-JAG is redeemed: some demand it, Okta refuses it. */
    scopeOnRedemption: oneOf('omit', 'send'),
    /** Whether `resource` is sent when an ID-JAG is redeemed. */
    resourceOnRedemption: oneOf('send', 'omit'),
    /** Whether metadata may name the issuer with one "/" at the end more or less than it was looked up by. */
    issuerSlash: oneOf('exact', 'ignore'),
    /**
     * Whether an ID-JAG may be redeemed again while it lives, where the first answer was lost. Each ID-JAG costs a mint;
     * most servers take one only once (EMA section 7.4.2).
     */
    idJagReuse: oneOf('never', 'while-valid'),
  },
  { error: 'an object of quirks' },
);

/** The quirks that mean anything at the IdP, where no ID-JAG is redeemed and no server's AS is looked up. */
export const identityProviderQuirksSchema = quirksSchema.pick({ assertionAudience: true, basicEncoding: true });

/** See {@link quirksSchema}. */
export type Quirks = z.infer<typeof quirksSchema>;

/** What is known of vendors; `main/identity/quirk-profiles.ts` says what each name stands for. */
export const quirkProfileSchema = oneOf('standard', 'okta', 'auth0', 'slack');
/** See {@link quirkProfileSchema}. */
export type QuirkProfile = z.infer<typeof quirkProfileSchema>;

/**
 * Whether access is bound to a key of this machine (RFC 9449). `auto`: where the other side demands it. `required`:
 * nothing else is accepted.
 */
export const dpopUseSchema = oneOf('auto', 'required', 'off');
/** See {@link dpopUseSchema}. */
export type DpopUse = z.infer<typeof dpopUseSchema>;
