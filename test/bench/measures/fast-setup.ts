import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CompanyHandlers } from '../company/company-process.ts';
import { FAST_SERVER } from '../company/fast-company.ts';
import type { GeneratorHandlers } from '../load/generator.ts';
import { type Helper, startHelper } from '../processes/helper.ts';
import { freePort } from '../processes/listen.ts';
import { type Agent, startAgent } from '../program/agent.ts';
import type { ProgramForm } from '../program/forms.ts';
import type { FastServerHandlers } from '../server/fast-server.ts';

/** The fast server, a company that issues tokens for it, and a signed-in agent in front of it. */
export interface FastSetup {
  readonly agent: Agent;
  /** The server itself. */
  readonly url: string;
  /** What the server takes from callers that have no grant. */
  readonly fixedToken: string;
  readonly generator: Helper<GeneratorHandlers>;
  end(): Promise<void>;
}

const FOLDER = join(import.meta.dirname, '..');
const TOKEN_BYTES = 300;

/** Opens all of it, each part in a process of its own. */
export async function openFastSetup(form: ProgramForm): Promise<FastSetup> {
  const server = startHelper<FastServerHandlers>(join(FOLDER, 'server', 'fast-server.ts'));
  const company = startHelper<CompanyHandlers>(join(FOLDER, 'company', 'company-process.ts'));
  const generator = startHelper<GeneratorHandlers>(join(FOLDER, 'load', 'generator.ts'));
  let agent: Agent | undefined;
  const end = async () => {
    await agent?.end();
    await Promise.all([server.end(), company.end(), generator.end()]);
  };
  try {
    const url = await server.ask('open', undefined);
    const opened = await company.ask('openFast', { resource: url, relayPort: await freePort() });
    const issuer = opened.issuers[FAST_SERVER];
    if (!issuer) throw new Error(`Nobody issues tokens for ${FAST_SERVER}`);
    // As long as a real one, so that direct callers and peers send as many bytes as we do.
    const fixedToken = randomBytes(TOKEN_BYTES).toString('base64url');
    await server.ask('serve', { ...issuer, fixedToken });
    agent = await startAgent(form, opened);
    await agent.signIn();
    return { agent, url, fixedToken, generator, end };
  } catch (error) {
    await end();
    throw error;
  }
}
