import { isAbsolute } from 'node:path';

/** A file or folder, and where it goes in the package. */
export interface Content {
  readonly from: string;
  /** Absolute, on the machine that the package is installed on. */
  readonly to: string;
}

/** What a package is made of, whichever of the two kinds it is. */
export interface PackageOptions {
  readonly kind: 'deb' | 'rpm';
  readonly name: string;
  readonly version: string;
  readonly iteration: string;
  /** As the kind's own world writes it: `amd64`, `x86_64`. */
  readonly architecture: string;
  /** The first line is the summary, the rest the description, as fpm has it. */
  readonly description: string;
  readonly summary: string | undefined;
  readonly maintainer: string;
  readonly vendor: string;
  readonly url: string;
  readonly license: string;
  readonly category: string;
  readonly priority: string;
  readonly depends: readonly string[];
  readonly recommends: readonly string[];
  /** Files with maintainer scripts. */
  readonly afterInstall: string | undefined;
  readonly beforeRemove: string | undefined;
  readonly afterRemove: string | undefined;
  /** 0 (quick) to 9 (small), of xz. */
  readonly compressionLevel: number;
  /** The file to write. */
  readonly package: string;
  readonly contents: readonly Content[];
}

/** Without an argument. All three say what this program does anyway: it overwrites, and marks no configuration files. */
const FLAGS = ['--force', '--deb-no-default-config-files', '--debug'];
const SHORT = new Map([
  ['-s', '--input-type'],
  ['-t', '--output-type'],
  ['-d', '--depends'],
]);
const ONCE = [
  '--input-type',
  '--output-type',
  '--name',
  '--version',
  '--iteration',
  '--architecture',
  '--description',
  '--maintainer',
  '--vendor',
  '--url',
  '--license',
  '--category',
  '--package',
  '--after-install',
  '--before-remove',
  '--after-remove',
  '--log',
  '--deb-priority',
  '--deb-compression',
  '--deb-compression-level',
  '--rpm-os',
  '--rpm-compression',
  '--rpm-compression-level',
  '--rpm-summary',
] as const;
const MANY = ['--depends', '--deb-recommends'] as const;

type Once = (typeof ONCE)[number];
type Many = (typeof MANY)[number];
const isOnce = (name: string): name is Once => (ONCE as readonly string[]).includes(name);
const isMany = (name: string): name is Many => (MANY as readonly string[]).includes(name);

/** xz's own default. */
const DEFAULT_COMPRESSION_LEVEL = 6;

function readContent(argument: string): Content {
  const at = argument.lastIndexOf('=');
  const [from, to] = [argument.slice(0, at), argument.slice(at + 1)];
  if (at < 1 || !isAbsolute(to)) throw new Error(`"${argument}" is no content: expected SOURCE=/ABSOLUTE/PATH`);
  return { from, to };
}

interface Raw {
  readonly once: Map<Once, string>;
  readonly many: Map<Many, string[]>;
  readonly contents: Content[];
}

function readRaw(args: readonly string[]): Raw {
  const raw: Raw = { once: new Map(), many: new Map(), contents: [] };
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (!argument.startsWith('-')) {
      raw.contents.push(readContent(argument));
      continue;
    }
    const [given = '', joined] = /^(--[a-z-]+)=(.*)$/s.exec(argument)?.slice(1) ?? [argument];
    const name = SHORT.get(given) ?? given;
    if (FLAGS.includes(name) && joined === undefined) continue;
    if (!isOnce(name) && !isMany(name)) throw new Error(`"${given}" is no option that this stand-in for fpm knows`);
    const value = joined ?? rest.shift();
    if (value === undefined) throw new Error(`"${given}" needs a value`);
    if (isMany(name)) raw.many.set(name, [...(raw.many.get(name) ?? []), value]);
    else if (raw.once.has(name)) throw new Error(`"${given}" is given twice`);
    else raw.once.set(name, value);
  }
  return raw;
}

/** An option that says one thing or nothing; what it may say is what this program can do. */
function expectOneOf(raw: Raw, name: Once, allowed: readonly string[]): void {
  const value = raw.once.get(name);
  if (value !== undefined && !allowed.includes(value))
    throw new Error(`"${name} ${value}" cannot be done: expected ${allowed.join(' or ')}`);
}

function readLevel(text: string | undefined): number {
  if (text === undefined) return DEFAULT_COMPRESSION_LEVEL;
  if (!/^[0-9]$/.test(text)) throw new Error(`"${text}" is no compression level: expected 0 to 9`);
  return Number(text);
}

/**
 * Reads the command line of fpm as far as electron-builder and electron-builder.yml use it. Strictly: what it does not
 * know it does not guess.
 *
 * @param args without the program.
 * @throws {Error} that names the option which is unknown, missing, given twice, or asks for what cannot be done.
 */
export function readFpmOptions(args: readonly string[]): PackageOptions {
  const raw = readRaw(args);
  const must = (name: Once): string => {
    const value = raw.once.get(name)?.trim();
    if (!value) throw new Error(`"${name}" is missing`);
    return value;
  };
  expectOneOf(raw, '--input-type', ['dir']);
  expectOneOf(raw, '--deb-compression', ['xz']);
  expectOneOf(raw, '--rpm-compression', ['xz', 'xzmt']);
  expectOneOf(raw, '--rpm-os', ['linux']);
  const kind = must('--output-type');
  if (kind !== 'deb' && kind !== 'rpm') throw new Error(`"-t ${kind}" cannot be done: expected deb or rpm`);
  if (raw.contents.length === 0) throw new Error('There is nothing to put into the package');
  return {
    kind,
    name: must('--name'),
    version: must('--version'),
    iteration: raw.once.get('--iteration') ?? '1',
    architecture: must('--architecture'),
    description: must('--description'),
    summary: raw.once.get('--rpm-summary'),
    maintainer: must('--maintainer'),
    vendor: must('--vendor'),
    url: must('--url'),
    license: must('--license'),
    category: raw.once.get('--category') ?? 'default',
    priority: raw.once.get('--deb-priority') ?? 'optional',
    depends: raw.many.get('--depends') ?? [],
    recommends: raw.many.get('--deb-recommends') ?? [],
    afterInstall: raw.once.get('--after-install'),
    beforeRemove: raw.once.get('--before-remove'),
    afterRemove: raw.once.get('--after-remove'),
    compressionLevel: readLevel(raw.once.get(kind === 'deb' ? '--deb-compression-level' : '--rpm-compression-level')),
    package: must('--package'),
    contents: raw.contents,
  };
}
