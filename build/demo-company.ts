import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { collectNotices, packageFolders } from './notices.ts';
import { ROOT } from './paths.ts';

/** What the demo company's bundle is made from, relative to the repository. */
export const DEMO_SOURCES = ['test/company', 'test/demo/in-app.ts', 'build/demo-company.ts'];

// Some of its packages are CommonJS and ask for Node's modules in that way.
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Bundles the demo company of the tests into `company.js` in this folder, which the app runs in a process of its own.
 * It stays a file apart: nothing in main/ imports it.
 */
export async function buildDemoCompany(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(ROOT, 'test', 'demo', 'in-app.ts')],
    outfile: join(folder, 'company.js'),
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    // oidc-provider finds its models' settings by the names of their classes.
    keepNames: true,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'silent',
  });
  const packages = packageFolders(Object.keys(metafile.inputs)).map((path) => join(ROOT, path));
  await writeFile(join(folder, 'NOTICES.txt'), await collectNotices(packages));
}
