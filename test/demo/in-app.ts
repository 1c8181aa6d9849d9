// The demo company as the desktop app brings it along: main/desktop/demo starts it in a process of its own, and ends it.

import type { CompanyOpen } from '../../main/desktop/demo/company-process.ts';
import { startCompany } from '../company/company.ts';

/** Electron's `process.parentPort`, as far as it is used. */
interface ParentPort {
  postMessage(message: CompanyOpen): void;
}

const { parentPort } = process as typeof process & { readonly parentPort?: ParentPort };
const company = await startCompany({ name: 'Demo Company' });
parentPort?.postMessage({ policy: { ...company.policy() } });
