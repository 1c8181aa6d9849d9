import { type Outcome, row } from '../report/section.ts';
import { growthExponent } from '../report/statistics.ts';
import type { Day } from './day.ts';

/** Parts of the fleet that the curve is drawn from; the whole is the last. */
export const CURVE_PARTS = [1 / 8, 1 / 4, 1 / 2] as const;

/** An exponent above this is not linear: twice the agents would cost more than 2.2 times as much. */
const LARGEST_EXPONENT = 1.15;

const KIB = 1_024;

/** What a day costs with more and more agents. */
export function curve(days: readonly Day[]): Outcome {
  const exponent = (cost: (day: Day) => number) => growthExponent(days.map((day) => [day.agents, cost(day)] as const));
  const byWork = exponent(({ work }) => work);
  const isLinear = byWork <= LARGEST_EXPONENT;
  const columns = days.map(({ agents }) => agents.toLocaleString('en-US'));
  return {
    sections: [
      {
        title: 'Cost by number of agents',
        model:
          'The same day (keep: active). Work is timers that went off, requests, changes of state and deeds of people.',
        columns,
        rows: [row('work per agent', '', days, ({ work, agents }) => work / agents)],
        remarks: [`Work grows with the agents to the power of ${byWork.toFixed(3)}: ${isLinear ? '' : 'NOT '}linear.`],
      },
      {
        title: 'Cost by number of agents, on this machine',
        model:
          'CPU of the whole simulation, people and network included; heap after a collection at the end of the day.',
        columns,
        rows: [
          row('CPU per agent and day', 'ms', days, ({ cpuMs, agents }) => cpuMs / agents),
          row('heap per agent', 'KiB', days, ({ heapBytes, agents }) => heapBytes / agents / KIB),
        ],
        isMeasured: true,
        remarks: [`CPU grows with the agents to the power of ${exponent(({ cpuMs }) => cpuMs).toFixed(2)}.`],
      },
    ],
    // The whole fleet's ledger is the day's already.
    ledgers: days.slice(0, -1).map(({ ledger }) => ledger),
    failures: isLinear
      ? []
      : [`The cost grows with the power ${byWork.toFixed(2)} of the agents, above ${LARGEST_EXPONENT}.`],
  };
}
