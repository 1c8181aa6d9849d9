import { Argument, Command, CommanderError, Option } from 'commander';
import { type ClientKind, LINK_KINDS, type LinkKind } from '../../shared/client-kinds.ts';
import { LanyardError, problemOf } from '../../shared/errors.ts';
import { agentStateSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { plainJson, plainLines } from '../../shared/plain-text.ts';
import { PRODUCT } from '../../shared/product.ts';
import { GATEWAY } from '../../shared/stdio-upgrade.ts';
import { type AgentStart, DEMO_OPTIONS } from './agent-options.ts';
import { type LinkOptions, printLinks } from './client-link.ts';
import type { AddOptions } from './client-plan.ts';
import { addClient, addFound, CLIENT_KINDS, type ListOptions, listClients, removeClient } from './clients.ts';
import { type CliContext, NotGood } from './context.ts';
import { type DoctorOptions, doctor } from './doctor.ts';
import { type ExtensionOptions, writeExtension } from './extension.ts';
import { formatServers, formatStatus } from './format.ts';
import { type HeadersOptions, printHeaders } from './headers.ts';
import { type JournalOptions, journal } from './journal.ts';
import { type LoginOptions, login } from './login.ts';
import { type LogoutOptions, logout } from './logout.ts';
import { stop } from './stop.ts';

/** Exit codes: it worked; it did not; the call or the policy was wrong. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Problems that are about what we were given, not about what happened. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'app-not-allowed',
  'app-transport',
  'extension-file',
  'nothing-to-plan',
  'policy-invalid',
  'policy-managed',
  'policy-missing',
  'policy-unprotected',
  'policy-unreadable',
  'unknown-client',
  'unknown-server',
]);

interface JsonOption {
  readonly json?: true;
}

function buildProgram(context: CliContext, setExit: (code: number) => void): Command {
  const { paths, out, err } = context;
  const state = () => callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  const program = new Command(PRODUCT.command)
    .description('One sign-in for every MCP client on this computer')
    .version(PRODUCT.version)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .showHelpAfterError('Run with --help to see how it is used.')
    .addHelpText('after', '\nExit codes: 0 it worked, 1 it did not, 2 wrong arguments or policy.');

  const agent = program
    .command('agent')
    .description('run the agent in this terminal; it keeps access fresh and serves clients')
    .option('--policy <file>', 'policy to use on a computer without a managed one')
    .option('--insecure-file-key', "keep the vault's key in a plain file; for demos and build machines only")
    .action(async ({ insecureFileKey = false, ...options }: Partial<AgentStart>) =>
      setExit(await context.runAgent({ ...options, insecureFileKey })),
    );
  for (const option of DEMO_OPTIONS) agent.addOption(option);

  program
    .command('stop')
    .description('end the agent; apps lose their servers until it runs again')
    .action(() => stop(context));

  program
    .command('login')
    .description("sign in with your company's account")
    .option('--device', 'with a code on another device, where there is no browser')
    .option('--no-browser', 'print the address and do not open it')
    .action(({ device = false, browser }: Partial<LoginOptions> & Pick<LoginOptions, 'browser'>) =>
      login(context, { device, browser }),
    );

  program
    .command('logout')
    .description('sign out; access to every server ends')
    .option('--no-browser', 'print the address that ends the session at the identity provider and do not open it')
    .action((options: LogoutOptions) => logout(context, options));

  program
    .command('status')
    .description('who is signed in and what works')
    .option('--json', 'for scripts')
    .action(async ({ json }: JsonOption) => {
      const current = await state();
      out(json ? `${plainJson(current, 2)}\n` : formatStatus(current, Date.now()));
    });

  program
    .command('servers')
    .description('the servers your company approved')
    .option('--json', 'for scripts')
    .action(async ({ json }: JsonOption) => {
      const { servers } = await state();
      out(json ? `${plainJson(servers, 2)}\n` : formatServers(servers, Date.now()));
    });

  program
    .command('stdio')
    .description('serve one server, or all of them together, on stdin and stdout; clients start this')
    .argument('[server]', 'name of the server; without one, the tools of all servers come together')
    .option('--client <id>', 'name of the client, for the journal')
    .action(async (server: string | undefined, { client }: { client?: string }) =>
      setExit(await context.runShim(server ?? GATEWAY, client)),
    );

  program
    .command('headers')
    .description('print the headers that open a server, as JSON; clients with a header helper start this')
    .argument('[server]', 'name of the server; without one, they open the tools of all servers together')
    .option('--client <id>', 'name of the client, for the journal', 'headers')
    .action((server: string | undefined, options: HeadersOptions) => printHeaders(context, server, options));

  const client = program.command('client').description('connect desktop clients');
  client
    .command('add')
    .description('connect a client, or print what to paste into any other one')
    .addArgument(new Argument('[kind]', 'which client').choices(CLIENT_KINDS))
    .option('--found', 'every app that is on this computer and that your company allows')
    .addOption(new Option('--transport <kind>', 'how it connects, if not as is usual').choices(['http', 'stdio']))
    .option('--server <name...>', 'only these servers')
    .option('--gateway', 'one entry with the tools of all of them')
    .option('--no-gateway', 'one entry for each server')
    .option('--dry-run', 'print what would be written, and write nothing')
    .option('--json', 'for scripts')
    .action((kind: ClientKind | undefined, options: AddOptions, command: Command) => {
      if ((kind === undefined) !== (options.found === true))
        command.error('error: name a client, or say --found, and not both');
      return kind === undefined ? addFound(context, options) : addClient(context, kind, options);
    });
  client
    .command('remove')
    .description(
      'disconnect a client: its keys stop working, those of "lanyard headers" too, and its entries are taken out',
    )
    .argument('<id>', 'as shown by "client list", or the name given to "lanyard headers"')
    .action((id: string) => removeClient(context, id));
  client
    .command('link')
    .description('print addresses that open an app and offer our entries there; they hold no key')
    .addArgument(new Argument('<kind>', 'which app').choices(LINK_KINDS))
    .option('--server <name...>', 'only these servers')
    .option('--gateway', 'one entry with the tools of all of them')
    .action((kind: LinkKind, options: LinkOptions) => printLinks(context, kind, options));
  client
    .command('extension')
    .description('write the extension for Claude Desktop; it starts the Lanyard that is installed')
    .argument('<file>', 'a name that ends with .mcpb')
    .option('--program <file>', 'where the program is on computers of this system, if not in its usual place')
    .action((file: string, options: ExtensionOptions) => writeExtension(context, file, options));
  client
    .command('list')
    .description('connected clients, and apps on this computer that are not connected')
    .option('--apps', 'every app that can be connected, and how it stands')
    .option('--json', 'for scripts')
    .action((options: ListOptions) => listClients(context, options));

  program
    .command('journal')
    .description('what happened: calls, access, sign-ins; never what was said')
    .option('--follow', 'go on as it happens, until interrupted')
    .option('--json', 'one JSON document a line, for scripts')
    .option('--server <name>', 'only what is about this server')
    .option('--client <id>', 'only what is about this client')
    .action((options: JournalOptions) => journal(context, options));

  program
    .command('doctor')
    .description('check everything that has to work, and say what to do')
    .option('--policy <file>', 'check this policy alone, before it is rolled out')
    .option('--json', 'for scripts')
    .action((options: DoctorOptions) => doctor(context, options));
  return program;
}

/**
 * The sentence that fits who is reading: what keeps "lanyard agent" from starting with a policy is read by the
 * administrator, and the face takes it from there; all other errors are read by the employee.
 */
function describe(error: unknown, isAgent: boolean): string {
  const { code, user, administrator } = problemOf(error);
  if ((isAgent && code.startsWith('policy-')) || code === 'internal') return administrator;
  return administrator === user ? user : `${user}\n(${administrator})`;
}

/** Where no agent answers or starts, the policy may be why; then that is what there is to say. */
async function reasonFor(error: unknown, { checkPolicy }: CliContext): Promise<unknown> {
  if (!(error instanceof LanyardError) || error.code !== 'agent-not-running') return error;
  return checkPolicy().then(
    () => error,
    (reason: unknown) => reason,
  );
}

/**
 * Runs one command line.
 *
 * @param args without the program's own name.
 * @returns the exit code. Never throws: a user's mistake gets a sentence, not a stack.
 */
export async function runCommandLine(args: readonly string[], context: CliContext): Promise<number> {
  let exit: number = EXIT.ok;
  const program = buildProgram(context, (code) => {
    exit = code;
  });
  // Subcommands copy these settings when they are made, so errors of theirs come here as well.
  for (const command of [...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
    command.exitOverride().configureOutput({ writeOut: context.out, writeErr: context.err });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof NotGood) return error.exitCode;
    const reason = await reasonFor(error, context);
    context.err(`${plainLines(`${PRODUCT.command}: ${describe(reason, args[0] === 'agent')}`)}\n`);
    return reason instanceof LanyardError && USAGE_CODES.has(reason.code) ? EXIT.usage : EXIT.failed;
  }
}
