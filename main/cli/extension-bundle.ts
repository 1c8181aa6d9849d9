import { strToU8, type Zippable, zipSync } from 'fflate';
import { PRODUCT } from '../../shared/product.ts';
import { EXTENSION_ICON } from './extension-icon.ts';

/** Systems for which bundles are made, as Node and MCPB name them. */
export type ExtensionPlatform = 'darwin' | 'win32' | 'linux';

/** Where Lanyard's installers put the program. */
export const INSTALLED_PROGRAMS: Readonly<Record<ExtensionPlatform, string>> = {
  darwin: '/Applications/Lanyard.app/Contents/Resources/lanyard/lanyard',
  win32: 'C:\\Program Files\\Lanyard\\resources\\lanyard\\lanyard.exe',
  linux: '/opt/Lanyard/resources/lanyard/lanyard',
};

/**
 * Starts the gateway. The name in the journal is its own: disconnecting Claude Desktop, whose file has entries of ours
 * too, must not shut the extension out.
 */
const ARGUMENTS = ['stdio', '--client', 'claude-desktop-extension'];

/** The form that every Claude Desktop with MCPB bundles reads; nothing newer is needed. */
const MANIFEST_VERSION = '0.2';

/**
 * In place of the time of packing, so that the same version is the same bytes: the first that a ZIP file can hold. ZIP
 * files know local time alone.
 */
const noTime = () => new Date(1980, 0, 1);

const ENTRY_POINT = `${PRODUCT.command}.txt`;

const ENTRY_POINT_TEXT = `This extension holds no program. It starts ${PRODUCT.name} where it is installed on this computer:
"${PRODUCT.command} ${ARGUMENTS.join(' ')}". It holds no key and no token either.
`;

/** The manifest (MCPB specification, MANIFEST.md). */
function manifest(programs: Readonly<Record<ExtensionPlatform, string>>) {
  const { darwin, win32, linux } = programs;
  return {
    manifest_version: MANIFEST_VERSION,
    name: PRODUCT.command,
    display_name: PRODUCT.name,
    version: PRODUCT.version,
    description: "Your company's MCP servers, with the one sign-in of Lanyard",
    long_description:
      `${PRODUCT.name} has to be installed on this computer; the extension starts it there. ` +
      'It shows the tools of every server that your company approved and asks for no further sign-in.',
    author: { name: 'The Lanyard contributors' },
    icon: 'icon.png',
    server: {
      type: 'binary',
      entry_point: ENTRY_POINT,
      mcp_config: {
        command: darwin,
        args: ARGUMENTS,
        platform_overrides: { darwin: { command: darwin }, win32: { command: win32 }, linux: { command: linux } },
      },
    },
    // The servers' own: no list that is written here could be right.
    tools_generated: true,
    prompts_generated: true,
    compatibility: { platforms: ['darwin', 'win32', 'linux'] },
    license: 'Apache-2.0',
  };
}

/**
 * The extension for Claude Desktop as an MCPB bundle (a ZIP file): it starts the gateway of the Lanyard that is
 * installed. The same version and paths give the same bytes.
 *
 * @param programs where the program is, if not where the installers put it; absolute paths.
 */
export function extensionBundle(programs: Partial<Record<ExtensionPlatform, string>> = {}): Uint8Array {
  const text = JSON.stringify(manifest({ ...INSTALLED_PROGRAMS, ...programs }), null, 2);
  const files: Zippable = {
    'manifest.json': strToU8(`${text}\n`),
    'icon.png': Buffer.from(EXTENSION_ICON, 'base64'),
    [ENTRY_POINT]: strToU8(ENTRY_POINT_TEXT),
  };
  return zipSync(files, { level: 9, mtime: noTime() });
}
