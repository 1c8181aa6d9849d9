import { run } from './run.ts';
import { script } from './script.ts';

/**
 * What the tests need from Debian or Ubuntu, each with the names it goes by: Ubuntu 24.04 and Debian 13 renamed
 * libraries whose time stamps grew to 64 bits. Libraries that these depend on are not listed.
 */
const NEEDED: readonly (readonly string[])[] = [
  // Electron
  ['libgtk-3-0', 'libgtk-3-0t64'],
  ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'],
  ['libasound2', 'libasound2t64'],
  ['libnss3'],
  ['libgbm1'],
  ['libdrm2'],
  ['libxss1'],
  ['libxtst6'],
  ['libnotify4'],
  // The keychain: keytar's library, and a keyring for it to talk to
  ['libsecret-1-0'],
  ['gnome-keyring'],
  // A screen and a session bus where there are none
  ['xvfb'],
  ['xauth'],
  ['dbus'],
  ['dbus-x11'],
  // Makes the certificates that a test must refuse
  ['openssl'],
  // The installers: what the .deb depends on, what makes and checks the others, and a look at the screen
  ['xdg-utils'],
  ['rpm'],
  ['systemd'],
  ['desktop-file-utils'],
  ['nsis'],
  ['wixl'],
  ['msitools'],
  ['x11-utils'],
];

// biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg-query's own placeholders
const DPKG_FORMAT = '${db:Status-Status} ${Package}\n';

/** Another apt may be at work on a machine that has just booted. */
const LOCK_TIMEOUT_S = 300;

/** Names out of `needed` for which no alternative is installed. */
export function missingPackages(
  needed: readonly (readonly string[])[],
  installed: ReadonlySet<string>,
): (readonly string[])[] {
  return needed.filter((names) => !names.some((name) => installed.has(name)));
}

/** Reads what dpkg-query says: one line per package, its state first. A package may be known and not installed. */
export function parseInstalled(output: string): Set<string> {
  return new Set([...output.matchAll(/^installed (\S+)$/gm)].map(([, name = '']) => name));
}

/** Reads `apt-cache policy`: the packages that this release really has. A virtual one has no candidate. */
export function parseCandidates(output: string): Set<string> {
  const found = new Set<string>();
  for (const [, name = '', candidate = ''] of output.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm)) {
    if (candidate !== '(none)') found.add(name);
  }
  return found;
}

/**
 * For each missing package the first of its names that this release has.
 *
 * @throws {Error} that names the packages this release does not know at all.
 */
export function chooseNames(missing: readonly (readonly string[])[], candidates: ReadonlySet<string>): string[] {
  const unknown = missing.filter((names) => !names.some((name) => candidates.has(name)));
  if (unknown.length > 0) {
    throw new Error(`This release has no package ${unknown.map((names) => names.join(' or ')).join(', ')}`);
  }
  return missing.map((names) => names.find((name) => candidates.has(name)) ?? '');
}

/** Hundreds of lines are of use only when it fails. sudo asks for a password on the terminal itself. */
async function aptGet(advice: string, ...args: readonly string[]): Promise<void> {
  const wait = `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`;
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '--quiet', '--option', wait, ...args];
  if (process.getuid?.() !== 0) command.unshift('sudo');
  const [file = '', ...rest] = command;
  const { code, output } = await run(file, rest);
  if (code !== 0) throw new Error(`${output}\nThe system packages could not be installed. ${advice}`);
}

async function canBeRoot(): Promise<boolean> {
  return process.getuid?.() === 0 || (await run('sudo', ['--version'])).code === 0;
}

/**
 * Installs what the tests need from the system and is not there yet. Elsewhere than on Debian and Ubuntu it only
 * says what is needed.
 *
 * @returns the packages it installed.
 * @throws {Error} a sentence with the command to run, when it may not or could not install.
 */
async function installSystemPackages(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const all = NEEDED.flat();
  const { code, output } = await run('dpkg-query', ['--show', '--showformat', DPKG_FORMAT, ...all]);
  if (code === null) {
    console.log(`This is neither Debian nor Ubuntu: the tests need what is called there ${all.join(' ')}`);
    return [];
  }
  const missing = missingPackages(NEEDED, parseInstalled(output));
  if (missing.length === 0) return [];
  const advice = (names: readonly string[]) =>
    `Run as root: apt-get update && apt-get install --yes ${names.join(' ')}`;
  const likely = missing.map(([name = '']) => name);
  if (!(await canBeRoot())) {
    throw new Error(`The tests need system packages, and this user is not root and has no sudo. ${advice(likely)}`);
  }
  console.log(`Installing ${likely.join(' ')} and what they need …`);
  await aptGet(advice(likely), 'update');
  const policy = await run('apt-cache', ['policy', ...missing.flat()], { env: { ...process.env, LC_ALL: 'C' } });
  const names = chooseNames(missing, parseCandidates(policy.output));
  await aptGet(advice(names), 'install', '--yes', '--no-install-recommends', ...names);
  return names;
}

if (import.meta.main) {
  await script(async () => {
    const installed = await installSystemPackages();
    console.log(installed.length === 0 ? 'All system packages are there' : `Installed ${installed.join(' ')}`);
  });
}
