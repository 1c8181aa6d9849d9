import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { createForward } from '../../../main/egress/forward.ts';
import { createKeeper, type Keeper } from '../../../main/grant/keeper.ts';
import { silentLog } from '../../../main/journal/log.ts';
import type { ServerAccess } from '../../../main/relay/server-call.ts';
import type { GrantRecord } from '../../../main/vault/contents.ts';
import { LanyardError, type Recovery } from '../../../shared/errors.ts';

const HOUR_MS = 3_600_000;

/** A server that a real keeper mints tokens for: `token-1`, `token-2` and so on. */
export interface TestAccess extends ServerAccess {
  readonly keeper: Keeper;
  /** How many tokens were asked for. */
  readonly mints: () => number;
}

/** A server at `origin` with a real keeper and real forwarding; only the mint is the test's own. */
export function accessTo(origin: string, mint?: (number: number) => Promise<string>): TestAccess {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  let mints = 0;
  const record = (accessToken: string): GrantRecord => ({
    subject: 'ada',
    accessToken,
    mintedAt: Date.now(),
    expiresAt: Date.now() + HOUR_MS,
    resource: `${origin}/mcp`,
    authorizationServer: origin,
  });
  const keeper = createKeeper({
    mint: async () => {
      mints += 1;
      return record(await (mint?.(mints) ?? Promise.resolve(`token-${mints}`)));
    },
    kept: null,
    keep: async () => {},
    clock: Date.now,
    random: () => 0.5,
    log: silentLog,
    onChange: () => {},
  });
  const server = {
    name: 'notes',
    title: 'The notes',
    url: `${origin}/mcp?tenant=7`,
    scopes: [],
    authorizationServer: { clientId: 'c', authentication: { method: 'none' as const } },
  };
  return { server, keeper, forward: createForward(agent), mints: () => mints };
}

/** A mint that fails. */
export function failingMint(code: string, recovery: Recovery) {
  return () => Promise.reject(new LanyardError({ code, user: `User: ${code}.`, administrator: 'secret', recovery }));
}
