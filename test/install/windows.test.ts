import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extendMsiProject, msiProjectCreated } from '../../build/installers/windows/msi-project.ts';
import { ROOT } from '../../build/paths.ts';

const run = promisify(execFile);
const SCRIPT = join(ROOT, 'build', 'installers', 'windows', 'installer.nsh');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'windows-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An installer with what electron-builder's own brings for our part of it. */
const nsis = (more: string) => `
Unicode true
Name Toy
OutFile "${join(folder, 'toy.exe')}"
InstallDir "$PROGRAMFILES64\\Lanyard"
!define APP_EXECUTABLE_FILENAME "Lanyard.exe"
!include LogicLib.nsh
!include WinMessages.nsh
!define isUpdated '"$0" == "updated"'
${more}
!include "${SCRIPT}"
Section
  !ifdef BUILD_UNINSTALLER
    WriteUninstaller "$INSTDIR\\uninstall.exe"
  !else
    !insertmacro customInstall
  !endif
SectionEnd
!ifdef BUILD_UNINSTALLER
Section "un.install"
  !insertmacro customUnInstall
SectionEnd
!endif
`;

async function compile(text: string): Promise<string> {
  const file = join(folder, 'toy.nsi');
  await writeFile(file, text);
  // Warnings are errors: an unused function would be one.
  const { stdout } = await run('makensis', ['-V2', '-WX', '-XTarget amd64-unicode', file]);
  return stdout;
}

test.each([
  ['installer', ''],
  ['uninstaller', '!define BUILD_UNINSTALLER'],
])('our part of the NSIS %s compiles', async (_which, more) => {
  expect(await compile(nsis(more))).toBe('');
});

test('the compiler refuses what it does not know', async () => {
  await expect(compile(`${nsis('')}\nSection\nNoSuchInstruction\nSectionEnd`)).rejects.toThrow();
});

// wixl knows the third version's namespace; what we add is the same in both.
const PROJECT = `<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="Toy" UpgradeCode="3AF6B0FE-F18C-5B36-8013-373954570476" Version="1.0.0" Language="1033" Manufacturer="Us">
    <Package Compressed="yes" InstallerVersion="500"/>
    <Media Id="1" Cabinet="toy.cab" EmbedCab="yes"/>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder"><Directory Id="APPLICATIONFOLDER" Name="Lanyard"/></Directory>
    </Directory>
    <Feature Id="ProductFeature"><ComponentGroupRef Id="ProductComponents"/></Feature>
  </Product>
  <Fragment>
    <ComponentGroup Id="ProductComponents" Directory="APPLICATIONFOLDER">
    </ComponentGroup>
  </Fragment>
</Wix>
`;

test('an .msi starts the app at login and has the command on the machine’s PATH', async () => {
  const [project, msi] = [join(folder, 'project.wxs'), join(folder, 'toy.msi')];
  await writeFile(project, PROJECT);
  await msiProjectCreated(project);
  const text = await readFile(project, 'utf8');
  // The only part that wixl cannot compile; WiX can.
  const environment = /<Environment [^>]*>/.exec(text)?.[0] ?? '';
  expect(environment).toContain(
    'Name="PATH" Value="[APPLICATIONFOLDER]resources\\lanyard" Part="last" Action="set" System="yes"',
  );
  expect(environment).toContain('Permanent="no"');
  await writeFile(
    project,
    text
      .replace(environment, '')
      .replace(/<CustomAction.*>/, '')
      .replace(/<InstallExecute.*Sequence>/s, ''),
  );
  await run('wixl', ['--arch', 'x64', '--output', msi, project]);
  const { stdout: registry } = await run('msiinfo', ['export', msi, 'Registry']);
  // 2: HKEY_LOCAL_MACHINE
  expect(registry).toContain(
    '\t2\tSoftware\\Microsoft\\Windows\\CurrentVersion\\Run\tLanyard\t"[APPLICATIONFOLDER]Lanyard.exe" --hidden\t',
  );
});

test('electron-builder’s own template has the places that ours is put into', async () => {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
  const library = dirname(builder.resolve('app-builder-lib/package.json'));
  const template = await readFile(join(library, 'templates', 'msi', 'template.xml'), 'utf8');
  expect(extendMsiProject(template)).toContain('LanyardPath');
  expect(() => extendMsiProject('<Wix/>')).toThrow('must hold </ComponentGroup> exactly once');
});
