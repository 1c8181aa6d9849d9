import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CompanyHandlers } from '../company/company-process.ts';
import { FAST_SERVER, fastServerNames } from '../company/fast-company.ts';
import type { GeneratorHandlers } from '../load/generator.ts';
import { type Helper, startHelper } from '../processes/helper.ts';
import { freePort } from '../processes/listen.ts';
import { type Agent, startAgent } from '../program/agent.ts';
import type { ProgramForm } from '../program/forms.ts';
import type { FastServerHandlers } from '../server/fast-server.ts';

/** Fast servers, a company that issues tokens for them, and a signed-in agent in front of them. */
export interface FastSetup {
  readonly agent: Agent;
  /** The names of all servers. */
  readonly names: readonly string[];
  /** The first server itself. */
  readonly url: string;
  /** The process of all servers. */
  readonly server: Helper<FastServerHandlers>;
  /** What the server takes from callers that have no grant. */
  readonly fixedToken: string;
  readonly generator: Helper<GeneratorHandlers>;
  end(): Promise<void>;
}

const FOLDER = join(import.meta.dirname, '..');
const TOKEN_BYTES = 300;

/** Opens all of it with so many servers, each part in a process of its own. */
export async function openFastSetup(form: ProgramForm, servers = 1): Promise<FastSetup> {
  const server = startHelper<FastServerHandlers>(join(FOLDER, 'server', 'fast-server.ts'));
  const company = startHelper<CompanyHandlers>(join(FOLDER, 'company', 'company-process.ts'));
  const generator = startHelper<GeneratorHandlers>(join(FOLDER, 'load', 'generator.ts'));
  let agent: Agent | undefined;
  const end = async () => {
    await agent?.end();
    await Promise.all([server.end(), company.end(), generator.end()]);
  };
  try {
    const names = fastServerNames(servers);
    const resources = await server.ask('open', names);
    const opened = await company.ask('openFast', { resources, relayPort: await freePort() });
    // As long as a real one, so that direct callers and peers send as many bytes as we do.
    const fixedToken = randomBytes(TOKEN_BYTES).toString('base64url');
    const rules = Object.entries(opened.issuers).map(([name, issuer]) => [name, { ...issuer, fixedToken }]);
    await server.ask('serve', Object.fromEntries(rules));
    agent = await startAgent(form, opened);
    await agent.signIn();
    const url = resources[FAST_SERVER] ?? '';
    return { agent, names, url, server, fixedToken, generator, end };
  } catch (error) {
    await end();
    throw error;
  }
}
