import { initiateDeviceAuthorization, pollDeviceAuthorizationGrant } from 'openid-client';
import { LanyardError } from '../../shared/errors.ts';
import { assertMayLead } from '../egress/addresses.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { demandBound } from './bound-tokens.ts';
import type { PendingSignIn, SignInContext } from './browser-sign-in.ts';
import { identityFault } from './faults.ts';
import { sessionOf } from './session.ts';
import { signInFault } from './sign-in-fault.ts';
import { stepUpParameters } from './step-up.ts';

/**
 * Starts the device flow (RFC 8628), for machines without a browser: the person opens `url` elsewhere and types
 * `userCode` there. Polled at the interval that the IdP names.
 *
 * @throws {LanyardError} when the IdP cannot be reached or has no device flow.
 */
export async function startDeviceSignIn(context: SignInContext): Promise<PendingSignIn> {
  const { provider, clock, begin, discard, stepUp } = context;
  const configuration = await provider.configuration();
  if (!configuration.serverMetadata().device_authorization_endpoint)
    throw new LanyardError({
      code: 'idp-no-device-flow',
      user: 'Your company does not offer sign-in with a code. Run "lanyard login" on a computer with a browser.',
      administrator: `${provider.issuer} has no device_authorization_endpoint (RFC 8628).`,
      recovery: { kind: 'blocked', reason: 'misconfigured' },
    });
  const device = await initiateDeviceAuthorization(configuration, {
    scope: provider.policy.scopes.join(' '),
    ...stepUpParameters(stepUp),
  }).catch((cause: unknown) => {
    throw identityFault(provider.issuer, cause, 'device');
  });
  if (!URL.canParse(device.verification_uri))
    throw new LanyardError({
      code: 'idp-metadata',
      user: 'The sign-in service gave an address that is none. Tell your administrator.',
      administrator: `${provider.issuer} answered the device authorization with a verification_uri that is no URL.`,
      recovery: { kind: 'blocked', reason: 'misconfigured' },
    });
  assertMayLead(new URL(provider.issuer), new URL(device.verification_uri));

  const stop = new AbortController();
  const outcome = Promise.withResolvers<SessionRecord>();
  let hasBegun = false;
  const poll = async (): Promise<void> => {
    try {
      const { signal } = stop;
      const tokens = await provider.sendGrant({
        leg: 'device',
        send: (option) => pollDeviceAuthorizationGrant(configuration, device, undefined, { ...option, signal }),
      });
      const session = sessionOf(provider.issuer, demandBound(tokens, provider), clock());
      // Cancelled while the answer was on its way: the person said no, so it is no.
      if (stop.signal.aborted) return discard?.(session);
      hasBegun = true;
      await begin(session);
      outcome.resolve(session);
    } catch (cause) {
      outcome.reject(signInFault(provider.issuer, identityFault(provider.issuer, cause, 'device')));
    }
  };
  void poll();
  return {
    url: device.verification_uri,
    userCode: device.user_code,
    expiresAt: clock() + device.expires_in * 1000,
    done: outcome.promise,
    end: (reason) => {
      if (hasBegun) return;
      outcome.reject(reason);
      stop.abort();
    },
    close: async () => stop.abort(),
  };
}
