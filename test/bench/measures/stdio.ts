import { PINNED_NODE } from '../../../build/paths.ts';
import { FAST_SERVER } from '../company/fast-company.ts';
import { peerFile } from '../peers/install.ts';
import { canReadMemory, type Memory, readMemory } from '../processes/memory.ts';
import type { ProgramForm } from '../program/forms.ts';
import { type StdioProgram, startStdioClient } from '../program/stdio-client.ts';
import { atMost, type Row } from '../report/row.ts';
import { quantile, type Series, summarise } from '../report/statistics.ts';
import type { Scale } from '../scale.ts';
import type { FastSetup } from './fast-setup.ts';
import { interleave, pick } from './interleave.ts';

/** What one process showed in its life. */
interface Life {
  readonly startMs: number;
  readonly callMs: number;
  readonly memory: Memory | undefined;
}

const START_BUDGET_MS = 100;
const CALL_BUDGET_MS = 0.45;
const RSS_BUDGET_MB = 65;
const PSS_BUDGET_MB = 30;

async function live(program: StdioProgram, calls: number): Promise<Life> {
  const client = await startStdioClient(program);
  try {
    const times: number[] = [];
    for (let call = 0; call < calls; call += 1) times.push(await client.call());
    const memory = canReadMemory() ? readMemory(client.pid) : undefined;
    times.sort((a, b) => a - b);
    return { startMs: client.startMs, callMs: quantile(times, 0.5), memory };
  } finally {
    await client.end();
  }
}

/** Without `npx`, which a user's entry would go through: it adds half a second that is npm's. */
function programs(
  { agent, url, fixedToken }: FastSetup,
  forms: readonly ProgramForm[],
): Readonly<Record<string, StdioProgram>> {
  const { project: cwd, env } = agent.sandbox;
  const authorization = `Authorization: Bearer ${fixedToken}`;
  const mcpRemote = [peerFile('mcp-remote', 'dist', 'proxy.js'), url, '--header', authorization];
  const supergateway = [peerFile('supergateway', 'dist', 'index.js'), '--streamableHttp', url];
  return {
    'mcp-remote': { command: PINNED_NODE, args: [...mcpRemote, '--transport', 'http-only'], cwd, env },
    supergateway: { command: PINNED_NODE, args: [...supergateway, '--header', authorization], cwd, env },
    ...Object.fromEntries(
      forms.map(({ name, command, args }) => [
        `ours (${name})`,
        { command, args: [...args, 'stdio', FAST_SERVER], cwd, env },
      ]),
    ),
  };
}

/** The budget counts for the form that ships, which is the last one. */
function oursOf(columns: Readonly<Record<string, Series>>): number {
  return Object.values(columns).at(-1)?.median ?? Number.NaN;
}

/** Start, calls and memory of stdio servers; each round starts every one of them anew. */
export async function measureStdio(
  setup: FastSetup,
  forms: readonly ProgramForm[],
  { stdioRounds, stdioCalls }: Scale,
): Promise<readonly Row[]> {
  const lives = await interleave(programs(setup, forms), stdioRounds, (program) => live(program, stdioCalls));
  const row = (name: string, title: string, unit: Row['unit'], limit: number, value: (life: Life) => number): Row => {
    const columns = Object.fromEntries(
      Object.entries(pick(lives, value)).map(([column, values]) => [column, summarise(values)]),
    );
    return { name, title, unit, columns, verdict: atMost(limit, unit, oursOf(columns)), remarks: [] };
  };
  const nothing = Number.NaN;
  const speed = [
    row('stdio-start', 'stdio: start → first answer', 'ms', START_BUDGET_MS, ({ startMs }) => startMs),
    row('stdio-call', 'stdio: one call p50', 'ms', CALL_BUDGET_MS, ({ callMs }) => callMs),
  ];
  if (!canReadMemory()) return speed;
  const after = `after ${stdioCalls} calls, its whole process tree`;
  return [
    ...speed,
    row('stdio-rss', `memory of a stdio server (RSS), ${after}`, 'MB', RSS_BUDGET_MB, (l) => l.memory?.rss ?? nothing),
    row('stdio-pss', `memory of a stdio server (PSS), ${after}`, 'MB', PSS_BUDGET_MB, (l) => l.memory?.pss ?? nothing),
  ];
}
