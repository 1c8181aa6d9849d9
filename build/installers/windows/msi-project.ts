import { readFile, writeFile } from 'node:fs/promises';
import { PRODUCT } from '../../../shared/product.ts';

/** Of the component that holds Run key and PATH. It never changes: Windows knows by it what to take away. */
const COMPONENT_GUID = '8B7C4B7E-0C0A-4E0B-9B39-6F1D5B0F3C52';
/** Where components of electron-builder's template end. */
const END_OF_COMPONENTS = '</ComponentGroup>';
const END_OF_PRODUCT = '</Product>';

const RUN_KEY = 'Software\\Microsoft\\Windows\\CurrentVersion\\Run';

/**
 * The Run key starts the app and not the agent, which would open a console window. Windows Installer itself edits PATH:
 * it adds the folder once, at the end, and takes exactly that away.
 */
const COMPONENT = `<Component Id="LanyardAtLogin" Guid="${COMPONENT_GUID}" Directory="APPLICATIONFOLDER">
        <RegistryValue Root="HKLM" Key="${RUN_KEY}" Name="${PRODUCT.name}" Type="string" Value="&quot;[APPLICATIONFOLDER]${PRODUCT.name}.exe&quot; --hidden" KeyPath="yes"/>
        <Environment Id="LanyardPath" Name="PATH" Value="[APPLICATIONFOLDER]resources\\${PRODUCT.command}" Part="last" Action="set" System="yes" Permanent="no"/>
      </Component>`;

/**
 * App and agent go by the same name, letter case aside. They have to end before Windows Installer looks for files in
 * use, or it would want to start the machine again. Windows has no signal to ask a program without a window; the vault
 * is written so that an end at any time loses nothing.
 */
const END_PROGRAMS = `<CustomAction Id="EndLanyard" Directory="TARGETDIR" ExeCommand="&quot;[System64Folder]taskkill.exe&quot; /F /IM ${PRODUCT.command}.exe" Execute="immediate" Return="ignore"/>
    <InstallExecuteSequence>
      <Custom Action="EndLanyard" Before="InstallValidate"/>
    </InstallExecuteSequence>`;

/**
 * Adds to a WiX project what our .msi does beside electron-builder's own.
 *
 * @throws {Error} where electron-builder's template has changed so that this no longer fits.
 */
export function extendMsiProject(project: string): string {
  for (const mark of [END_OF_COMPONENTS, END_OF_PRODUCT]) {
    if (project.split(mark).length !== 2) throw new Error(`The MSI project must hold ${mark} exactly once`);
  }
  return project
    .replace(END_OF_COMPONENTS, () => `  ${COMPONENT}\n    ${END_OF_COMPONENTS}`)
    .replace(END_OF_PRODUCT, () => `  ${END_PROGRAMS}\n  ${END_OF_PRODUCT}`);
}

/** electron-builder calls it, by this name, with the file it is about to compile. */
export async function msiProjectCreated(path: string): Promise<void> {
  await writeFile(path, extendMsiProject(await readFile(path, 'utf8')));
}
