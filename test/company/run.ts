import { chmod, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Company, type CompanyOptions, startCompany } from './company.ts';
import type { CompanyPorts } from './options.ts';
import { defineServers } from './servers.ts';

const USAGE = `Runs the demo company until SIGINT, SIGTERM or the end of stdin.

  node test/company/run.ts [--policy-out FILE] [--port-base N] [--until-stdin-ends]
                           [--access-token-seconds N] [--extra-servers N] [--relay-port N]

  --policy-out FILE         writes Lanyard's policy for the company into FILE (readable only by you)
  --port-base N             takes ports N, N+1 … in a fixed order instead of any free ones
  --until-stdin-ends        also ends when stdin does
  --access-token-seconds N  how long access tokens live
  --extra-servers N         how many plain servers to add
  --relay-port N            the relay's port in the policy
`;

// Secrets are in the policy, so nobody else may read it.
const PRIVATE_FILE_MODE = 0o600;
const HIGHEST_PORT = 65_535;

const Arguments = z.strictObject({
  'policy-out': z.string().min(1).optional(),
  'port-base': z.coerce.number().int().min(1).max(HIGHEST_PORT).optional(),
  'until-stdin-ends': z.boolean().default(false),
  'access-token-seconds': z.coerce.number().int().min(1).optional(),
  'extra-servers': z.coerce.number().int().min(0).max(100).default(0),
  'relay-port': z.coerce.number().int().min(1).max(HIGHEST_PORT).optional(),
  help: z.boolean().default(false),
});

type Arguments = z.infer<typeof Arguments>;

/** The ports from `base` on: the IdP's, then each server's and its authorization server's. */
function portsFrom(base: number, serverNames: readonly string[]): CompanyPorts {
  const servers = serverNames.map((name, index) => {
    const first = base + 1 + 2 * index;
    return [name, { server: first, authorizationServer: first + 1 }] as const;
  });
  return { idp: base, servers: Object.fromEntries(servers) };
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      'policy-out': { type: 'string' },
      'port-base': { type: 'string' },
      'until-stdin-ends': { type: 'boolean' },
      'access-token-seconds': { type: 'string' },
      'extra-servers': { type: 'string' },
      'relay-port': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  return Arguments.parse(values);
}

function optionsFrom(args: Arguments): CompanyOptions {
  const base = args['port-base'];
  const extraServers = args['extra-servers'];
  const accessTokenSeconds = args['access-token-seconds'];
  const names = defineServers(extraServers).map(({ name }) => name);
  return {
    extraServers,
    ...(base !== undefined && { ports: portsFrom(base, names) }),
    ...(accessTokenSeconds !== undefined && { lifetimes: { accessTokenSeconds } }),
  };
}

async function announce(company: Company, args: Arguments): Promise<void> {
  const file = args['policy-out'];
  const relayPort = args['relay-port'];
  if (file) {
    const policy = company.policy(relayPort === undefined ? {} : { relayPort });
    await writeFile(file, `${JSON.stringify(policy, undefined, 2)}\n`, { mode: PRIVATE_FILE_MODE });
    // The mode above counts only for a new file.
    await chmod(file, PRIVATE_FILE_MODE);
  }
  const people = company.people.map(({ username, password }) => ({ username, password }));
  console.log(JSON.stringify({ issuer: company.issuer, servers: company.servers, people, policy: file ?? null }));
}

async function main(): Promise<void> {
  const args = readArguments();
  if (args.help) return console.log(USAGE);
  const company = await startCompany(optionsFrom(args));
  const end = () => void company.close().then(() => process.exit(0));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  // Whoever reads the line may end us at once, so it comes last.
  await announce(company, args);
  if (args['until-stdin-ends']) process.stdin.once('end', end).resume();
}

await main().catch((error: unknown) => {
  console.error(error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  console.error(USAGE);
  process.exitCode = 1;
});
