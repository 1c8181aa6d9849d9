import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Company, type CompanyPolicy, startCompany } from '../company/company.ts';
import type { CompanyOptions } from '../company/options.ts';
import { signInByScript } from '../company/sign-in.ts';
import { raw } from '../integration/raw-http.ts';
import type { Child } from './children.ts';
import { agentState, login, startAgent } from './lanyard-program.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

/** An employee of a demo company of their own, with a running agent. */
export interface Employee {
  readonly company: Company;
  readonly sandbox: Sandbox;
  /** The administrator's file, which holds the company's client secrets. */
  readonly policyFile: string;
  /** Where the agent's relay says it listens. */
  readonly relayUrl: string;
  /** Signs in by the same steps as a person. */
  signIn(): Promise<void>;
  /** Opens an address of the agent's that leads to the sign-in, as a browser does, and signs in there. */
  signInFrom(url: string): Promise<void>;
  /** Ends the agent and the company and removes the home folder. */
  end(): Promise<void>;
}

/** What the administrator wrote otherwise. */
type PolicyChange = (policy: CompanyPolicy) => unknown;

const asItIs: PolicyChange = (policy) => policy;

/** The demo employee who may use the notes server. */
const USERNAME = 'alice';

/** Starts all of it by the same steps as a person's: policy, agent, sign-in. */
export async function startEmployee(options: CompanyOptions = {}, change: PolicyChange = asItIs): Promise<Employee> {
  const employee = await startSignedOut(options, change);
  try {
    await employee.signIn();
    return employee;
  } catch (error) {
    await employee.end();
    throw error;
  }
}

/** The same, before the person has ever signed in. */
export async function startSignedOut(options: CompanyOptions = {}, change: PolicyChange = asItIs): Promise<Employee> {
  const company = await startCompany(options);
  const sandbox = createSandbox();
  const policyFile = join(sandbox.home, 'policy.json');
  let agent: Child | undefined;
  const end = async () => {
    await agent?.end();
    await company.close();
    sandbox.remove();
  };
  try {
    const policy = change(company.policy({ relayPort: await freePort() }));
    writeFileSync(policyFile, JSON.stringify(policy), { mode: 0o600 });
    agent = await startAgent(sandbox, policyFile);
    const { password } = company.person(USERNAME);
    const signInAt = async (url: string) => {
      await signInByScript({ url, username: USERNAME, password });
    };
    const signIn = () => login(sandbox, signInAt);
    const signInFrom = async (url: string) => {
      // As a browser does at a click; "fetch" says of itself that it is a script of a page.
      const { status, headers, body } = await raw(url, { headers: { 'sec-fetch-mode': 'navigate' } });
      const { location } = headers;
      if (location === undefined) throw new Error(`${url} leads nowhere: HTTP ${status}\n${body}`);
      await signInAt(location);
    };
    const { relay } = await agentState(sandbox);
    return { company, sandbox, policyFile, relayUrl: relay.url, signIn, signInFrom, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A port that was free a moment ago: the usual one may be taken by another run on this machine. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('A TCP listener has a port');
  return address.port;
}
