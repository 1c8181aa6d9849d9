import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../../build/paths.ts';
import { peerFile } from '../peers/install.ts';
import { findNginx } from '../proxies/nginx.ts';

/** Versions of what was compared, by name. */
export type Versions = Readonly<Record<string, string>>;

const BYTES_PER_GB = 2 ** 30;

/** What it was measured on. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / BYTES_PER_GB)} GB`;
  return `${availableParallelism()} cores (${model}), ${memory}, ${process.platform}, Node ${process.versions.node}`;
}

function versionIn(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string }).version;
}

function nginxVersion(): string {
  const file = findNginx();
  if (!file) return 'not installed';
  const { stderr } = spawnSync(file, ['-v'], { encoding: 'utf8', env: {} });
  return /nginx\/(\S+)/.exec(stderr)?.[1] ?? 'unknown';
}

/** Looks up the versions of what is compared; the peers have to be installed. */
export function findVersions(): Versions {
  const peers = ['http-proxy', 'mcp-remote', 'supergateway'];
  return {
    lanyard: versionIn(join(ROOT, 'package.json')),
    ...Object.fromEntries(peers.map((name) => [name, versionIn(peerFile(name, 'package.json'))])),
    nginx: nginxVersion(),
  };
}
