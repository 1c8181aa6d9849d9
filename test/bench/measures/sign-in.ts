import { startAgent } from '../program/agent.ts';
import type { ProgramForm } from '../program/forms.ts';
import { atMost, columnsOf, figure, oursOf, type Row } from '../report/row.ts';
import type { Scale } from '../scale.ts';
import { type ManySetup, SERVERS } from './many-setup.ts';

/** What every request waits at the company, in ms: a round trip to another continent's cloud. */
const ROUND_TRIP_MS = 50;

const BUDGET_MS = 400;

/** Places whose requests a cache spares. */
const METADATA = /metadata|jwks/;

/** From the browser's callback to every server being ready, with metadata known from an earlier sign-in. */
export async function measureSignIn(
  { company, process }: ManySetup,
  form: ProgramForm,
  { signInRounds }: Scale,
): Promise<Row> {
  const agent = await startAgent(form, company);
  try {
    await agent.signIn();
    await agent.signOut();
    await process.ask('setLatency', ROUND_TRIP_MS);
    const times: number[] = [];
    const oneByOne: number[] = [];
    let requests = 0;
    let metadataRequests = 0;
    for (let round = 0; round < signInRounds; round += 1) {
      times.push(await agent.signIn(() => process.ask('takeArrivals', undefined)));
      const arrivals = await process.ask('takeArrivals', undefined);
      oneByOne.push(arrivals.length * ROUND_TRIP_MS);
      requests = arrivals.length;
      metadataRequests += arrivals.filter((place) => METADATA.test(place)).length;
      await agent.signOut();
    }
    const columns = columnsOf({ 'one by one (sum of the waits)': oneByOne, ours: times });
    return {
      name: 'sign-in',
      title: `sign-in → ${SERVERS} servers ready, ${ROUND_TRIP_MS} ms round trips, metadata cached`,
      unit: 'ms',
      columns,
      absent: {},
      budget: atMost(BUDGET_MS, 'ms', oursOf(columns)),
      remarks: [`${requests} requests each time, ${figure(metadataRequests)} of them for metadata or keys`],
    };
  } finally {
    await process.ask('setLatency', 0);
    await agent.end();
  }
}
