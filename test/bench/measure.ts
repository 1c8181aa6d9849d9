import type { Part, Wanted } from './arguments.ts';
import { measureAgentMemory } from './measures/agent-memory.ts';
import { CROWD_SERVERS, measureCrowd } from './measures/crowd.ts';
import { measureEvents } from './measures/events.ts';
import { type FastSetup, openFastSetup } from './measures/fast-setup.ts';
import { measureGateway } from './measures/gateway.ts';
import { measureCall, measureLoad, warmUp } from './measures/http.ts';
import { measureLargeHttp, measureLargeStdio } from './measures/large.ts';
import { measureListening } from './measures/listening.ts';
import { openManySetup } from './measures/many-setup.ts';
import { measureSignIn } from './measures/sign-in.ts';
import { measureStdio } from './measures/stdio.ts';
import { openWays, type Ways } from './measures/targets.ts';
import { canReadMemory } from './processes/memory.ts';
import { type Forms, shippedForm } from './program/forms.ts';
import { isOurs, type Row } from './report/row.ts';
import { FULL, QUICK, type Scale } from './scale.ts';

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

/** A context with what follows from it. */
interface Run extends MeasureContext {
  readonly scale: Scale;
  /** Measures a part, if it is wanted; what fails is told. */
  readonly attempt: (part: Part, what: string, measure: () => Promise<readonly Row[]>) => Promise<void>;
}

/** Parts that need one fast server, the ways to it that are compared, or many fast servers. */
const WAYS_PARTS: readonly Part[] = ['call', 'load', 'events', 'large', 'listening'];
const FAST_PARTS: readonly Part[] = [...WAYS_PARTS, 'stdio'];
const CROWD_PARTS: readonly Part[] = ['crowd', 'gateway'];
const MANY_PARTS: readonly Part[] = ['memory', 'sign-in'];

async function withWays(setup: FastSetup, scale: Scale, measure: (ways: Ways) => Promise<void>): Promise<void> {
  const ways = await openWays(setup);
  try {
    await warmUp(setup, ways, scale);
    await measure(ways);
  } finally {
    await ways.end();
  }
}

async function measureFast({ wanted, forms, scale, attempt, failed }: Run): Promise<void> {
  const setup = await openFastSetup(shippedForm(forms));
  try {
    if (WAYS_PARTS.some((part) => wanted.parts.has(part)))
      await withWays(setup, scale, async (ways) => {
        await attempt('call', 'HTTP calls', async () => [await measureCall(setup, ways, scale)]);
        await attempt('load', 'load', async () => [await measureLoad(setup, ways, scale)]);
        await attempt('events', 'event streams', () => measureEvents(setup, ways, scale));
        await attempt('large', 'large results over HTTP', () => measureLargeHttp(setup, ways, scale));
        await attempt('listening', 'listening streams', () => measureListening(setup, ways, scale));
      }).catch((error: unknown) => failed('HTTP', error));
    await attempt('stdio', 'stdio', () => measureStdio(setup, forms, scale));
    await attempt('large', 'large results over stdio', () => measureLargeStdio(setup, forms, scale));
  } finally {
    await setup.end();
  }
}

async function measureMany({ wanted, forms, note, scale, attempt }: Run): Promise<void> {
  const setup = await openManySetup();
  try {
    if (wanted.parts.has('memory') && !canReadMemory())
      note('This system does not tell proportional memory, so the figures about memory are left out.');
    else await attempt('memory', 'memory', async () => [await measureAgentMemory(setup, forms, scale)]);
    await attempt('sign-in', 'sign-in', async () => [await measureSignIn(setup, shippedForm(forms), scale)]);
  } finally {
    await setup.process.end();
  }
}

async function measureManyFast({ wanted, forms, scale, attempt }: Run): Promise<void> {
  const setup = await openFastSetup(shippedForm(forms), CROWD_SERVERS);
  try {
    if (wanted.parts.has('crowd'))
      await withWays(setup, scale, (ways) =>
        attempt('crowd', 'many clients of many servers', () => measureCrowd(setup, ways, scale)),
      );
    // Comes last: it ends the servers.
    await attempt('gateway', 'the gateway', () => measureGateway(setup, scale));
  } finally {
    await setup.end();
  }
}

/** Measures everything that is wanted, one part after the other. What fails is told, and the rest goes on. */
export async function measureAll(context: MeasureContext): Promise<void> {
  const { wanted, say, found, failed } = context;
  const attempt: Run['attempt'] = async (part, what, measure) => {
    if (!wanted.parts.has(part)) return;
    say(`measuring ${what} …`);
    await measure().then(
      (rows) => {
        found(rows);
        for (const { title, absent } of rows)
          for (const [column, why] of Object.entries(absent)) if (isOurs(column)) failed(`${title}, ${column}`, why);
      },
      (error: unknown) => failed(what, error),
    );
  };
  const run: Run = { ...context, scale: wanted.quick ? QUICK : FULL, attempt };
  const group = async (what: string, parts: readonly Part[], measure: (run: Run) => Promise<void>) => {
    if (parts.some((part) => wanted.parts.has(part))) await measure(run).catch((error: unknown) => failed(what, error));
  };
  await group('the fast server', FAST_PARTS, measureFast);
  await group('many fast servers', CROWD_PARTS, measureManyFast);
  await group('the company with many servers', MANY_PARTS, measureMany);
}
