import type Provider from 'oidc-provider';
import type { Counter } from '../counts.ts';

/** Counts refreshes, revocations and sign-outs by how oidc-provider answered them. */
export function countOutcomes(provider: Provider, counter: Counter): void {
  provider.on('end_session.success', () => counter.add('endedSessions'));
  provider.use(async (ctx, next) => {
    await next();
    const isGood = ctx.status === 200;
    if (ctx.oidc?.route === 'revocation' && isGood) counter.add('revocations');
    if (ctx.oidc?.route !== 'token' || ctx.oidc.params?.grant_type !== 'refresh_token') return;
    counter.add(isGood ? 'refreshes' : 'refusedRefreshes');
  });
}
