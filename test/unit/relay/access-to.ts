import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { createForward } from '../../../main/egress/forward.ts';
import { createKeeper, type Keeper } from '../../../main/grant/keeper.ts';
import { silentLog } from '../../../main/journal/log.ts';
import type { ServerAccess } from '../../../main/relay/server-call.ts';
import { createServerTraits } from '../../../main/relay/server-traits.ts';
import type { GrantRecord } from '../../../main/vault/contents.ts';
import { LanyardError, type Recovery } from '../../../shared/errors.ts';
import { systemSchedule } from '../../../shared/schedule.ts';
import { policyServer } from '../fixtures.ts';
import { dpopInMemory } from '../identity/dpop-in-memory.ts';

const HOUR_MS = 3_600_000;

/** A server that a real keeper mints tokens for: `token-1`, `token-2` and so on. */
export interface TestAccess extends ServerAccess {
  readonly keeper: Keeper;
  /** How many tokens were asked for. */
  readonly mints: () => number;
  /** Cuts every connection and goes on with new ones, as when a machine has woken up. */
  readonly cut: () => Promise<void>;
}

/** What can be chosen about the tokens. */
export interface TokenOptions {
  readonly tokenType?: GrantRecord['tokenType'];
  /** What is granted beyond the scope `basic`; nothing by default. */
  readonly grantable?: readonly string[];
}

/** A server at `origin` with a real keeper, real forwarding and real proofs; only the mint is the test's own. */
export function accessTo(
  origin: string,
  mint?: (number: number) => Promise<string>,
  { tokenType = 'Bearer', grantable = [] }: TokenOptions = {},
): TestAccess {
  let agent = new Agent();
  onTestFinished(() => agent.destroy());
  let mints = 0;
  const record = (accessToken: string, extraScopes: readonly string[]): GrantRecord => ({
    subject: 'ada',
    accessToken,
    tokenType,
    scope: ['basic', ...extraScopes.filter((scope) => grantable.includes(scope))].join(' '),
    mintedAt: Date.now(),
    expiresAt: Date.now() + HOUR_MS,
    resource: `${origin}/mcp`,
    authorizationServer: origin,
  });
  const keeper = createKeeper({
    mint: async (extraScopes) => {
      mints += 1;
      return record(await (mint?.(mints) ?? Promise.resolve(`token-${mints}`)), extraScopes);
    },
    kept: null,
    keep: async () => {},
    when: 'on-demand',
    isSignedIn: () => true,
    isThin: () => false,
    clock: Date.now,
    schedule: systemSchedule,
    random: () => 0.5,
    log: silentLog,
    onChange: () => {},
  });
  return {
    server: policyServer({ url: `${origin}/mcp?tenant=7` }),
    keeper,
    forward: (request, listener) => createForward(agent)(request, listener),
    dpop: dpopInMemory(),
    traits: createServerTraits(),
    mints: () => mints,
    cut: async () => {
      const old = agent;
      agent = new Agent();
      await old.destroy();
    },
  };
}

/** A mint that fails. */
export function failingMint(code: string, recovery: Recovery) {
  return () => Promise.reject(new LanyardError({ code, user: `User: ${code}.`, administrator: 'secret', recovery }));
}
