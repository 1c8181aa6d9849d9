import { setTimeout as delay } from 'node:timers/promises';
import { readMemory } from '../processes/memory.ts';
import { startAgent } from '../program/agent.ts';
import type { ProgramForm } from '../program/forms.ts';
import { atMost, columnsOf, figure, oursOf, type Row } from '../report/row.ts';
import { summarise } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import { interleave, pick } from './interleave.ts';
import { type ManySetup, SERVERS } from './many-setup.ts';

const PSS_BUDGET_MB = 90;

/** Memory of an agent that has every server ready and nothing to do; each round starts it anew. */
export async function measureAgentMemory(
  { company }: ManySetup,
  forms: readonly ProgramForm[],
  { idleRounds, idleMs }: Scale,
): Promise<Row> {
  const subjects = Object.fromEntries(forms.map((form) => [`ours (${form.name})`, form]));
  const found = await interleave(subjects, idleRounds, async (form) => {
    const agent = await startAgent(form, company);
    try {
      await agent.signIn();
      await delay(idleMs);
      return readMemory(agent.pid);
    } finally {
      await agent.end();
    }
  });
  const columns = columnsOf(pick(found, ({ pss }) => pss));
  const rss = Object.entries(pick(found, (memory) => memory.rss));
  return {
    name: 'agent-memory',
    title: `agent idle, ${SERVERS} servers ready (PSS)`,
    unit: 'MB',
    columns,
    absent: found.absent,
    budget: atMost(PSS_BUDGET_MB, 'MB', oursOf(columns)),
    remarks: [`RSS: ${rss.map(([name, values]) => `${name} ${figure(summarise(values).median)} MB`).join(', ')}`],
  };
}
