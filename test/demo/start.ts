// `npm start`: builds the program, starts a whole demo company on this machine, and Lanyard with it.
//
//   npm start                    with a display the tray app, without one the agent in this terminal
//   npm start -- --terminal      the agent in this terminal in any case
//   npm start -- --as alice      signs alice in by script, shows a tool call's answer, and ends

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../../build/bundle.ts';
import { startCompany } from '../company/company.ts';
import { hasDisplay, showFace } from './face.ts';
import { beginSignIn, connectClient, untilSettled, walkTheWholeWay } from './person.ts';
import { startDemoAgent } from './program.ts';
import { pasteText, peopleText, signInText } from './words.ts';

const { values } = parseArgs({ options: { as: { type: 'string' }, terminal: { type: 'boolean', default: false } } });
const say = (text: string) => void process.stdout.write(text);

const interrupted = Promise.withResolvers<void>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.resolve());

say('Building Lanyard …\n');
await bundle();
const company = await startCompany();
const folder = await mkdtemp(join(tmpdir(), 'lanyard-demo-'));
try {
  const policyFile = join(folder, 'policy.json');
  await writeFile(policyFile, JSON.stringify(company.policy(), null, 2), { mode: 0o600 });
  // The unattended way leaves no trace; otherwise clients must find the agent, so it runs in the person's own home.
  const agent = await startDemoAgent(values.as === undefined ? homedir() : folder, policyFile, say);
  try {
    if (values.as !== undefined) {
      await walkTheWholeWay(company, agent, values.as, say);
    } else if (hasDisplay() && !values.terminal) {
      say(`\nSign in from the tray app, as one of\n${peopleText(company)}\n`);
      if (!(await showFace(say, interrupted.promise))) await inTerminal();
    } else {
      await inTerminal();
    }

    async function inTerminal(): Promise<void> {
      say(signInText(await beginSignIn(agent), company));
      const left = Promise.race([interrupted.promise, agent.ended]).then(() => undefined);
      const state = await Promise.race([untilSettled(agent, Number.POSITIVE_INFINITY), left]);
      if (!state) return;
      say(pasteText(state, await connectClient(agent)));
      say('\nThe demo runs until you press Ctrl+C.\n');
      await left;
    }
  } finally {
    await agent.stop();
  }
} finally {
  await company.close();
  await rm(folder, { recursive: true, force: true });
}
