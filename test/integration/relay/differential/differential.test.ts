import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERAS } from '../../mcp.ts';
import type { Exchange } from './exchange.ts';
import { generateExchange } from './generate.ts';
import { readRecorded } from './recorded.ts';
import { type NamedExchange, openSideBySide, type SideBySide } from './side-by-side.ts';

// The same traffic goes directly to a server and through the relay; nothing may be different at either end.

/** Generated exchanges in one run; more of them by hand. */
const EXCHANGES = Number(process.env.DIFFERENTIAL_EXCHANGES ?? 3_000);
/** Another one in every run, unless it is given to see a failure again. */
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** For whoever asks for more of them than a test usually has time for. */
const LONG_MS = 3_600_000;

function* generated(count: number, wants: (exchange: Exchange) => boolean = () => true): Generator<NamedExchange> {
  for (let seed = SEED; seed < SEED + count; seed += 1) {
    const exchange = generateExchange(seed);
    if (wants(exchange)) yield { name: `DIFFERENTIAL_SEED=${seed} DIFFERENTIAL_EXCHANGES=1`, exchange };
  }
}

describe('what goes through the relay is what was sent', () => {
  let sides: SideBySide;
  beforeAll(async () => {
    sides = await openSideBySide();
  });
  afterAll(() => sides.close());

  test.each(ERAS)('in the recorded conversation of an SDK client and server of the %s era', async (era) => {
    const recorded = await readRecorded(era);
    expect(recorded.length).toBeGreaterThan(0);
    const named = recorded.map((exchange, index) => ({ name: `${era} exchange ${index}`, exchange }));
    expect(await sides.observe(named)).toBe('');
  });

  test(
    `in ${EXCHANGES} generated exchanges`,
    async () => {
      expect(await sides.observe(generated(EXCHANGES))).toBe('');
    },
    LONG_MS,
  );
});

/** What the relay looks at before it passes it on: it may mean that the server speaks only the other era. */
const NOT_UNDERSTOOD = [400, 404, 405];

function showsNoEra({ request, answer }: Exchange): boolean {
  const isModern = request.headers.includes('2026-07-28');
  if (isModern && NOT_UNDERSTOOD.includes(answer.status)) return false;
  return answer.status !== 200 || !/initialize|server\/discover/.test(request.body?.toString() ?? '');
}

describe('while nothing is known of the server, what goes through the relay is what was sent', () => {
  let sides: SideBySide;
  beforeAll(async () => {
    sides = await openSideBySide(true);
  });
  afterAll(() => sides.close());

  test(
    `in those of ${EXCHANGES} generated exchanges that do not show its eras`,
    async () => {
      expect(await sides.observe(generated(EXCHANGES, showsNoEra))).toBe('');
    },
    LONG_MS,
  );
});
