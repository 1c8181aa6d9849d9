import { setTimeout as delay } from 'node:timers/promises';
import type { CompanyOptions } from '../../company/company.ts';
import { settleTurn } from '../../virtual-time.ts';
import { control, demanded, told } from '../figures.ts';
import type { Part } from '../part.ts';
import { type Moment, planMoments, TOKEN_LATENCY_MS } from './moments.ts';
import { bundleProgram, openProgramLaptop, type ProgramLaptop } from './program.ts';

const SERVER = 'notes';

/** What identity providers forgive, in seconds, for just such crashes. */
const GRACE_SECONDS = 30;

/** Shorter than what the program wants left of an ID token's life: so every mint renews the session. */
const ID_TOKEN_SECONDS = 30;

/** Rotations of the control: enough for some of them to lose the answer. */
const CONTROL_ROTATIONS = 6;

/** A rotation that has not come to its anchor by then is over, in ms. */
const ANCHOR_LIMIT_MS = 2_000;

/** How long the agent that was started again is watched for a renewal that nobody asked for, in ms. */
const RESUME_MS = 60;

/** What so many kills came to. */
interface Outcome {
  rotations: number;
  lost: number;
  notServed: number;
  /** The IdP had spent the token, and the answer had not been kept. */
  triedAgain: number;
  readonly details: string[];
}

function optionsOf(graceSeconds: number): CompanyOptions {
  return {
    refreshReuseGraceSeconds: graceSeconds,
    lifetimes: { idTokenSeconds: ID_TOKEN_SECONDS },
    latencyMs: ({ at }) => (at === 'idp-token' ? TOKEN_LATENCY_MS : 0),
  };
}

/** Waits for the moment. Polled in every turn of the loop: a timer of Node is late by a millisecond and more. */
async function reach({ company }: ProgramLaptop, { anchor, afterMs }: Moment, before: ReturnType<typeof read>) {
  const hasCome = () => {
    const now = read(company);
    if (anchor === 'call') return true;
    return anchor === 'request' ? now.tokenRequests > before.tokenRequests : now.refreshes > before.refreshes;
  };
  const limit = performance.now() + ANCHOR_LIMIT_MS;
  while (!hasCome() && performance.now() < limit) await settleTurn();
  for (const until = performance.now() + afterMs; performance.now() < until; ) await settleTurn();
}

function read(company: ProgramLaptop['company']) {
  const { tokenRequests, refreshes, refusedRefreshes } = company.counts;
  return { tokenRequests, refreshes, refusedRefreshes };
}

async function rotate(laptop: ProgramLaptop, moment: Moment, outcome: Outcome, index: number): Promise<void> {
  const { company } = laptop;
  const before = read(company);
  // The server refuses the token, so the call needs a mint, and that a renewed session.
  company.revokeAccessTokens(SERVER);
  const call = laptop.call();
  await reach(laptop, moment, before);
  await laptop.kill();
  await call;
  const killed = read(company);
  if (killed.tokenRequests > before.tokenRequests) outcome.rotations += 1;

  await laptop.start();
  await delay(RESUME_MS);
  const resumed = read(company);
  const sentAgain = resumed.refreshes + resumed.refusedRefreshes > killed.refreshes + killed.refusedRefreshes;
  if (sentAgain && killed.refreshes > before.refreshes) outcome.triedAgain += 1;
  const where = `kill ${index + 1}: ${moment.afterMs.toFixed(2)} ms after the ${moment.anchor}`;
  const served = await laptop.call();
  if (served.by === 'server' && (await laptop.isSignedIn())) return;
  if (await laptop.isSignedIn()) outcome.notServed += 1;
  else outcome.lost += 1;
  outcome.details.push(`${where}: HTTP ${served.status} ${served.text.slice(0, 200)}`);
  if (await laptop.isSignedIn()) return;
  await laptop.signIn();
  await laptop.call();
}

async function killing(program: string, moments: readonly Moment[], graceSeconds: number): Promise<Outcome> {
  const outcome: Outcome = { rotations: 0, lost: 0, notServed: 0, triedAgain: 0, details: [] };
  const laptop = await openProgramLaptop(program, optionsOf(graceSeconds), SERVER);
  try {
    await laptop.start();
    await laptop.signIn();
    await laptop.call();
    for (const [index, moment] of moments.entries()) await rotate(laptop, moment, outcome, index);
    return outcome;
  } finally {
    await laptop.close();
  }
}

/** Ends the real agent in the middle of refresh rotations: the session must outlive every one of them. */
export const kill: Part = async ({ tell, wanted, chance }) => {
  const moments = planMoments(chance, wanted.rotations);
  const program = await bundleProgram();
  const { rotations, lost, notServed, triedAgain, details } = await killing(program, moments, GRACE_SECONDS);
  tell(
    told('kills', moments.length),
    told('refresh rotations under way when killed', rotations),
    demanded(`sessions lost, ${GRACE_SECONDS} s of grace`, lost, '0', lost === 0, details),
    demanded('first calls after a start that failed', notServed, '0', notServed === 0, details),
    told('spent refresh tokens tried again', triedAgain),
  );
  const risky = Array.from({ length: CONTROL_ROTATIONS }, (): Moment => ({ anchor: 'answer', afterMs: 0 }));
  tell(control('sessions lost without grace', (await killing(program, risky, 0)).lost));
};
