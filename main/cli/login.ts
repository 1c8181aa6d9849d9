import { ensureAgent } from '../../shared/agent-process.ts';
import { LanyardError } from '../../shared/errors.ts';
import { type AgentState, agentStateSchema, signInViewSchema } from '../../shared/local-api.ts';
import { callLocal, watchState } from '../../shared/local-client.ts';
import type { CliContext } from './context.ts';
import { formatServers, line } from './format.ts';
import { openBrowser } from './open-browser.ts';

/** How long to wait, after signing in, for the servers to be connected, in ms; the sign-in itself is done. */
const SETTLE_LIMIT_MS = 10_000;

/** Options of `lanyard login`. */
export interface LoginOptions {
  readonly device: boolean;
  /** `false` with `--no-browser`: print the address only. */
  readonly browser: boolean;
}

/** Watches until `done` says so; gives the last state seen. */
async function watchUntil(
  { paths }: CliContext,
  signal: AbortSignal,
  done: (state: AgentState) => boolean,
): Promise<AgentState | undefined> {
  let last: AgentState | undefined;
  for await (const state of watchState(paths, signal)) {
    last = state;
    if (done(state)) break;
  }
  return last;
}

/** Whoever interrupts `login` does not want to sign in: the page that is still open must lead nowhere. */
async function giveUp({ paths }: CliContext, attempt: string): Promise<void> {
  const answer = agentStateSchema;
  const { signIn } = await callLocal(paths, { method: 'GET', path: '/state', answer });
  if (signIn?.attempt === attempt && signIn.phase === 'waiting')
    await callLocal(paths, { method: 'DELETE', path: '/sign-in', answer });
}

/**
 * Signs the person in: shows where, waits, then shows the servers.
 *
 * @throws {LanyardError} how the sign-in failed.
 */
export async function login(context: CliContext, { device, browser }: LoginOptions): Promise<void> {
  const { paths, program, out, err, signal } = context;
  await ensureAgent(paths, { file: program.file, args: [...program.args, 'agent'] });
  const started = await callLocal(paths, {
    method: 'POST',
    path: '/sign-in',
    body: { method: device ? 'device' : 'browser' },
    answer: signInViewSchema,
  });
  if (device) {
    out(`On any device, open\n${line(`  ${started.url}`)}and enter the code\n${line(`  ${started.userCode}`)}`);
  } else {
    const opened = browser && (await openBrowser(started.url));
    const lead = opened ? 'Your browser opens to sign in. If it does not, open' : 'To sign in, open';
    out(`${lead}\n${line(`  ${started.url}`)}`);
  }

  const ended = await watchUntil(
    context,
    signal,
    ({ signIn }) => signIn?.attempt !== started.attempt || signIn.phase !== 'waiting',
  );
  const outcome = ended?.signIn;
  if (signal.aborted) await giveUp(context, started.attempt);
  if (outcome?.attempt !== started.attempt || outcome.phase === 'waiting')
    throw new LanyardError({
      code: 'sign-in-cancelled',
      user: 'Another sign-in took the place of this one, or it was interrupted.',
      administrator: 'The sign-in was replaced or the agent stopped.',
    });
  if (outcome.problem) throw new LanyardError(outcome.problem);

  const { session } = ended ?? {};
  if (session?.status === 'signed-in')
    out(`\n${line(`Signed in as ${session.name ?? session.email ?? session.subject}.`)}\n`);
  const settled = await watchUntil(context, AbortSignal.any([signal, AbortSignal.timeout(SETTLE_LIMIT_MS)]), (state) =>
    state.servers.every(({ status }) => status !== 'connecting' && status !== 'idle'),
  );
  if (settled) out(formatServers(settled.servers, Date.now()));
  if (settled?.agent.warnings.length) err(`\n${line(`Warning: ${settled.agent.warnings.join(' ')}`)}`);
}
