// `npm start`: builds the program, starts a whole demo company on this machine, and Lanyard with it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../build/bundle.ts';
import { script } from '../../build/script.ts';
import { LanyardError } from '../../shared/errors.ts';
import { type Company, startCompany } from '../company/company.ts';
import { type DemoArguments, readArguments, USAGE, wantsUsage } from './arguments.ts';
import { hasDisplay, showFace } from './face.ts';
import { beginSignIn, clientIds, connectClient, disconnectAllBut, untilSettled, walkTheWholeWay } from './person.ts';
import { type DemoAgent, startDemoAgent } from './program.ts';
import { endText, pasteText, peopleText, signInText } from './words.ts';

const WRONG_USAGE = 2;

const say = (text: string) => void process.stdout.write(text);

async function inTerminal(company: Company, agent: DemoAgent, interrupted: Promise<void>): Promise<void> {
  say(signInText(await beginSignIn(agent), company));
  const left = Promise.race([interrupted, agent.ended]).then(() => undefined);
  const state = await Promise.race([untilSettled(agent, Number.POSITIVE_INFINITY), left]);
  if (!state) return;
  const ready = state.servers.filter(({ status }) => status === 'ready').map(({ name }) => name);
  const pasted = await connectClient(agent, ready);
  say(pasteText(ready, pasted));
  say('\nThe demo runs until you press Ctrl+C.\n');
  await left;
  say(endText(ready, agent));
}

async function demo({ as, terminal }: DemoArguments, interrupted: Promise<void>): Promise<void> {
  say('Building Lanyard …\n');
  await bundle();
  const company = await startCompany();
  const folder = await mkdtemp(join(tmpdir(), 'lanyard-demo-'));
  try {
    const policyFile = join(folder, 'policy.json');
    await writeFile(policyFile, JSON.stringify(company.policy(), null, 2), { mode: 0o600 });
    // The unattended way leaves no trace; otherwise clients must find the agent, so it runs in the person's own home.
    const agent = await startDemoAgent(as === undefined ? homedir() : folder, policyFile, say);
    const before = await clientIds(agent);
    try {
      if (as !== undefined) {
        await walkTheWholeWay(company, agent, as, say);
      } else if (hasDisplay() && !terminal) {
        say(`\nSign in from the tray app, as one of\n${peopleText(company)}\n`);
        if (!(await showFace(say, interrupted))) await inTerminal(company, agent, interrupted);
      } else {
        await inTerminal(company, agent, interrupted);
      }
    } finally {
      // Where the agent has ended by itself there is nobody left to ask.
      await disconnectAllBut(before, agent, say).catch(() => {});
      await agent.stop();
    }
  } finally {
    await company.close();
    await rm(folder, { recursive: true, force: true });
  }
}

await script(async () => {
  if (wantsUsage(process.argv.slice(2))) {
    say(USAGE);
    return;
  }
  const asked = readArguments(process.argv.slice(2));
  if (typeof asked === 'string') {
    console.error(`${asked}\n\n${USAGE}`);
    process.exitCode = WRONG_USAGE;
    return;
  }
  const interrupted = Promise.withResolvers<void>();
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stopped = true;
      interrupted.resolve();
    });
  await demo(asked, interrupted.promise).catch((error: unknown) => {
    // Whatever was under way failed because the person ended it.
    if (stopped) return;
    // What the agent says about itself is a sentence for the person, too.
    throw error instanceof LanyardError ? new Error(error.user, { cause: error }) : error;
  });
});
