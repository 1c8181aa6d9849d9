import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Configuration } from 'electron-builder';

// electron-builder checks its configuration only when it builds, and then only on a machine that can. It does not
// export the check; this is where it lies in the version that package-lock.json pins.

interface ConfigModule {
  getConfig(projectDir: string, configPath: string | null, more: Configuration | null): Promise<Configuration>;
  validateConfiguration(configuration: Configuration, logger: { readonly isEnabled: boolean }): Promise<void>;
}

async function configModule(): Promise<ConfigModule> {
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
  const library = dirname(builder.resolve('app-builder-lib/package.json'));
  return (await import(pathToFileURL(join(library, 'out', 'util', 'config', 'config.js')).href)) as ConfigModule;
}

/**
 * Reads electron-builder.yml as electron-builder does and has it check every part, those for macOS and Windows too.
 *
 * @param more what a build would change; for the tests.
 * @throws {Error} of electron-builder's, which names each option that it does not know or that has a wrong type.
 */
export async function validatedConfiguration(
  projectDir: string,
  more: Configuration | null = null,
): Promise<Configuration> {
  const { getConfig, validateConfiguration } = await configModule();
  const configuration = await getConfig(projectDir, null, more);
  await validateConfiguration(configuration, { isEnabled: false });
  return configuration;
}
