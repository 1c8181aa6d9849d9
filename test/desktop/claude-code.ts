import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../clients/sandbox.ts';
import type { Scene } from './scene.ts';

/** The person of a scene, as the real Claude Code of test/clients finds them when it is started in a terminal. */
export async function atTerminal({ home, folder }: Scene): Promise<Sandbox> {
  const [project, temporary] = [join(folder, 'project'), join(folder, 'tmp')];
  for (const path of [project, temporary]) await mkdir(path, { recursive: true });
  return {
    home,
    project,
    env: { HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin', TMPDIR: temporary, LANG: 'C.UTF-8' },
    // The scene's folder goes with the scene.
    remove: () => undefined,
  };
}
