import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { ID_JAG_TYP, type OAuthRefusal } from '../protocol.ts';
import type { ReplayGuard } from './replay.ts';

const IdJagClaims = z.object({
  iss: z.string(),
  sub: z.string(),
  client_id: z.string(),
  jti: z.string(),
  exp: z.number(),
  iat: z.number(),
  resource: z.string(),
  scope: z.string(),
  email: z.string(),
  auth_time: z.number().optional(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
  cnf: z.object({ jkt: z.string() }).optional(),
});

/** The claims of an ID-JAG that this company issues (the draft's section 3). */
export type IdJag = z.infer<typeof IdJagClaims>;

/** What an ID-JAG must fit. */
export interface AssertionCheck {
  /** The one IdP that is trusted, and its keys. */
  readonly idpIssuer: string;
  readonly idpKeys: JWTVerifyGetKey;
  /** This authorization server's own issuer. */
  readonly issuer: string;
  /** The client that has just authenticated. */
  readonly clientId: string;
  /** The only resource that tokens are issued for. */
  readonly resource: string;
  /** What the request's DPoP proof proves; absent where proofs are not looked at. */
  readonly proof?: { readonly jkt: string | undefined } | undefined;
  readonly clock: Clock;
  readonly replay: ReplayGuard;
}

/** An ID-JAG that passed every rule, or why not. */
export type AssertionVerdict = { readonly idJag: IdJag } | { readonly refusal: OAuthRefusal };

/** Applies the draft's section 4.4 rules and the replay rule of EMA 7.4.2; each refusal is `invalid_grant`. */
export async function judgeAssertion(assertion: string, check: AssertionCheck): Promise<AssertionVerdict> {
  try {
    const { payload } = await jwtVerify(assertion, check.idpKeys, {
      typ: ID_JAG_TYP,
      issuer: check.idpIssuer,
      audience: check.issuer,
      requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
      currentDate: new Date(check.clock()),
    });
    const idJag = IdJagClaims.parse(payload);
    if (idJag.iat > check.clock() / 1000) return refused('The ID-JAG was issued in the future');
    if (idJag.client_id !== check.clientId) return refused('The ID-JAG is for another client');
    if (idJag.resource !== check.resource) return refused('The ID-JAG is for another resource');
    if (check.proof && idJag.cnf && check.proof.jkt === undefined) return refused('The ID-JAG needs a DPoP proof');
    if (check.proof && idJag.cnf && check.proof.jkt !== idJag.cnf.jkt) {
      return refused('The ID-JAG is bound to another key');
    }
    if (!check.replay.firstUse(`ID-JAG ${idJag.jti}`, idJag.exp)) return refused('The ID-JAG was used before');
    return { idJag };
  } catch (error) {
    return refused(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The ID-JAG has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `The ID-JAG has the wrong ${error.claim}`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature of the ID-JAG is wrong';
  return 'The assertion is not an ID-JAG of the trusted identity provider';
}

function refused(description: string): AssertionVerdict {
  return { refusal: { error: 'invalid_grant', description } };
}
