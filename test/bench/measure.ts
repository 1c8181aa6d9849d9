import type { Part, Wanted } from './arguments.ts';
import { measureAgentMemory } from './measures/agent-memory.ts';
import { type FastSetup, openFastSetup } from './measures/fast-setup.ts';
import { measureCall, measureLoad, warmUp } from './measures/http.ts';
import { openManySetup } from './measures/many-setup.ts';
import { measureSignIn } from './measures/sign-in.ts';
import { measureStdio } from './measures/stdio.ts';
import { openTargets } from './measures/targets.ts';
import { canReadMemory } from './processes/memory.ts';
import { type Forms, shippedForm } from './program/forms.ts';
import { findNginx } from './proxies/nginx.ts';
import type { Row } from './report/row.ts';
import { FULL, QUICK } from './scale.ts';

/** What one run measures and whom it tells. */
export interface MeasureContext {
  readonly wanted: Wanted;
  readonly forms: Forms['forms'];
  readonly say: (what: string) => void;
  /** Takes rows as they are known. */
  readonly found: (rows: readonly Row[]) => void;
  readonly note: (sentence: string) => void;
  readonly failed: (what: string, error: unknown) => void;
}

type Attempt = (what: string, measure: () => Promise<readonly Row[]>) => Promise<void>;

function wantsAny({ parts }: Wanted, ...some: readonly Part[]): boolean {
  return some.some((part) => parts.has(part));
}

async function measureHttp(setup: FastSetup, { wanted, note }: MeasureContext, attempt: Attempt): Promise<void> {
  const scale = wanted.quick ? QUICK : FULL;
  if (!findNginx()) note('nginx is not on the PATH, so its column is left out.');
  const targets = await openTargets(setup);
  try {
    await warmUp(setup, targets, scale);
    if (wanted.parts.has('call')) await attempt('HTTP calls', async () => [await measureCall(setup, targets, scale)]);
    if (wanted.parts.has('load')) await attempt('load', async () => [await measureLoad(setup, targets, scale)]);
  } finally {
    await targets.end();
  }
}

async function measureFast(context: MeasureContext, attempt: Attempt): Promise<void> {
  const { wanted, forms } = context;
  const setup = await openFastSetup(shippedForm(forms));
  try {
    if (wantsAny(wanted, 'call', 'load'))
      await measureHttp(setup, context, attempt).catch((error: unknown) => context.failed('HTTP', error));
    if (wanted.parts.has('stdio'))
      await attempt('stdio', () => measureStdio(setup, forms, wanted.quick ? QUICK : FULL));
  } finally {
    await setup.end();
  }
}

async function measureMany({ wanted, forms, note }: MeasureContext, attempt: Attempt): Promise<void> {
  const scale = wanted.quick ? QUICK : FULL;
  const setup = await openManySetup();
  try {
    if (wanted.parts.has('memory')) {
      if (canReadMemory()) await attempt('memory', async () => [await measureAgentMemory(setup, forms, scale)]);
      else note('This system does not tell proportional memory, so the figures about memory are left out.');
    }
    if (wanted.parts.has('sign-in'))
      await attempt('sign-in', async () => [await measureSignIn(setup, shippedForm(forms), scale)]);
  } finally {
    await setup.process.end();
  }
}

/** Measures everything that is wanted, one part after the other. What fails is told, and the rest goes on. */
export async function measureAll(context: MeasureContext): Promise<void> {
  const { wanted, say, found, failed } = context;
  const attempt: Attempt = async (what, measure) => {
    say(`measuring ${what} …`);
    await measure().then(found, (error: unknown) => failed(what, error));
  };
  const group = (what: string, measure: (context: MeasureContext, attempt: Attempt) => Promise<void>) =>
    measure(context, attempt).catch((error: unknown) => failed(what, error));
  if (wantsAny(wanted, 'call', 'load', 'stdio')) await group('the fast server', measureFast);
  if (wantsAny(wanted, 'memory', 'sign-in')) await group('the company with many servers', measureMany);
}
