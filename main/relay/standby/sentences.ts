import type { Recovery } from '../../../shared/errors.ts';
import { mayHaveActed } from './carried-out.ts';
import { signInAddress } from './sign-in-address.ts';
import type { StandbyFacts } from './standby-facts.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Pauses below this are a moment, in ms. */
const MOMENT_MS = 5 * SECOND_MS;
/** Pauses below this are told in seconds, in ms. */
const SECONDS_LIMIT_MS = 90 * SECOND_MS;

function inWords(ms: number | undefined): string {
  if (ms === undefined || ms < MOMENT_MS) return 'a moment';
  if (ms < SECONDS_LIMIT_MS) return `${Math.ceil(ms / SECOND_MS)} seconds`;
  return `${Math.ceil(ms / MINUTE_MS)} minutes`;
}

// A model reads this as well as a person: it says who has to act, and whether calling again helps.
function advice(recovery: Recovery | undefined): string {
  if (recovery === undefined)
    return 'If it stays so when you try again, the person at this computer has to look at it.';
  if (recovery.kind === 'retry') return `It makes sense to try again in ${inWords(recovery.afterMs)}.`;
  switch (recovery.reason) {
    case 'signed-out':
    case 'step-up':
      return 'The person at this computer has to do that; then the same call can be made again.';
    case 'denied':
    case 'misconfigured':
      return 'Only people can change that; until then, trying again does not help.';
  }
}

/** Sentences that end with what to type have no full stop, so that it is not typed too; within a text they need one. */
function inText(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

// Most clients show a person only what the model says.
function where(facts: StandbyFacts): string {
  const url = signInAddress(facts);
  return url === undefined ? '' : ` This address starts the sign-in: ${url}`;
}

/** What becomes of a tool call that the server did not answer. */
export function notCarriedOut(tool: string, facts: StandbyFacts): string {
  const { error } = facts;
  if (mayHaveActed(error))
    return `Whether "${tool}" was carried out is not known. ${inText(error.user)} Look first whether it was; only then try again.`;
  return `"${tool}" was not carried out. ${inText(error.user)} ${advice(error.recovery)}${where(facts)}`;
}

/** The same, when the person was just asked to sign in. */
export function notSignedInYet(tool: string, facts: StandbyFacts): string {
  return `"${tool}" was not carried out: ${facts.server.title} needs your sign-in, which is not finished yet. Once you have signed in, try again.${where(facts)}`;
}

/** What a client shows beside the address that starts the sign-in. */
export function askToSignIn({ server }: StandbyFacts): string {
  return `${server.title} needs you to sign in. This page of Lanyard, on your own computer, takes you to your company's sign-in.`;
}
