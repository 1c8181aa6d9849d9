import { expect, onTestFinished, test } from 'vitest';
import { networkFault } from '../../../main/egress/faults.ts';
import type { IdentityProvider } from '../../../main/identity/provider.ts';
import { createSignIn } from '../../../main/identity/sign-in.ts';
import { signInFault } from '../../../main/identity/sign-in-fault.ts';
import { silentLog } from '../../../main/journal/log.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { policyIdentityProvider, problemFrom } from '../fixtures.ts';

const ISSUER = 'https://idp.example.com/tenant';
const SENTENCE =
  "Lanyard cannot reach your company's sign-in page (idp.example.com). Check your network or VPN, then sign in again.";

const broken = (code: string) => networkFault('idp.example.com', Object.assign(new Error(), { code }));

test.each(['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH'])(
  '%s: nothing keeps trying to sign in, so the next step is the person’s',
  (code) => {
    const fault = broken(code);
    const told = signInFault(ISSUER, fault);
    expect(told).toMatchObject({ user: SENTENCE, code: fault.code, administrator: fault.administrator });
    expect(told).toMatchObject({ recovery: fault.recovery });
  },
);

test('an untrusted certificate and everything else keep their sentences', () => {
  for (const error of [
    broken('SELF_SIGNED_CERT_IN_CHAIN'),
    new LanyardError({ code: 'sign-in-cancelled', user: 'U.', administrator: 'A.' }),
    new TypeError('x'),
  ])
    expect(signInFault(ISSUER, error)).toBe(error);
});

test.each(['browser', 'device'] as const)('a sign-in by %s that cannot begin says so', async (method) => {
  const provider = {
    issuer: ISSUER,
    policy: policyIdentityProvider({ issuer: ISSUER }),
    configuration: () => Promise.reject(broken('ECONNREFUSED')),
  } as Partial<IdentityProvider> as IdentityProvider;
  const context = { provider, clock: Date.now, begin: async () => {}, demands: () => undefined };
  const signIn = createSignIn(context, silentLog, () => {});
  onTestFinished(() => signIn.close());
  expect((await problemFrom(signIn.start(method))).user).toBe(SENTENCE);
});
