import { join } from 'node:path';
import type { CompanyHandlers, OpenCompany } from '../company/company-process.ts';
import { type Helper, startHelper } from '../processes/helper.ts';
import { freePort } from '../processes/listen.ts';

/** Servers of the company, as in the design's budgets. */
export const SERVERS = 20;

/** A company with {@link SERVERS} servers, in a process of its own. */
export interface ManySetup {
  readonly company: OpenCompany;
  readonly process: Helper<CompanyHandlers>;
}

/** Opens it; ended by `process.end()`. */
export async function openManySetup(): Promise<ManySetup> {
  const helper = startHelper<CompanyHandlers>(join(import.meta.dirname, '..', 'company', 'company-process.ts'));
  try {
    const company = await helper.ask('openMany', { servers: SERVERS, relayPort: await freePort() });
    return { company, process: helper };
  } catch (error) {
    await helper.end();
    throw error;
  }
}
