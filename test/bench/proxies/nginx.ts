import { accessSync, constants, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endChild, startChild } from '../processes/children.ts';
import { freePort } from '../processes/listen.ts';
import type { ProxyRules } from './http-proxy.ts';

/** A running nginx. */
export interface Nginx {
  readonly port: number;
  /** Of the first process; the worker is its child. */
  readonly pid: number;
  end(): Promise<void>;
}

/** It listens within some ms; in ms, for a busy machine. */
const START_LIMIT_MS = 5_000;
const POLL_MS = 20;

/** Idle connections to the server that are kept: more than the bench has callers. */
const KEPT_CONNECTIONS = 256;

/** Where packages put it, although the path of a person without administrator's rights does not lead there. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

const ROOT_USER = 0;

/** Where nginx is, if it is on the path or where packages put it. */
export function findNginx(): string | undefined {
  return [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS]
    .map((folder) => join(folder, 'nginx'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function configuration(folder: string, port: number, { url, token }: ProxyRules): string {
  const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  // Started by root, its worker would become somebody who may not write into the folder.
  const user = process.getuid?.() === ROOT_USER ? 'user root;' : '';
  return `daemon off;
${user}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  ${bodies.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  keepalive_requests 100000000;
  upstream fast { server ${new URL(url).host}; keepalive ${KEPT_CONNECTIONS}; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://fast;
      proxy_http_version 1.1;
      # As everybody needs it who has event streams behind it.
      proxy_buffering off;
      proxy_read_timeout 1h;
      client_max_body_size 0;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer ${token}";
    }
  }
}
`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Starts nginx as a reverse proxy with one worker; everything it writes is in `folder`. */
export async function startNginx(file: string, folder: string, rules: ProxyRules): Promise<Nginx> {
  const port = await freePort();
  const path = join(folder, 'nginx.conf');
  // It holds the token.
  writeFileSync(path, configuration(folder, port, rules), { mode: 0o600 });
  const child = startChild(file, ['-p', folder, '-c', path], { env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  for (const until = Date.now() + START_LIMIT_MS; !(await accepts(port)); await delay(POLL_MS))
    if (child.exitCode !== null || Date.now() > until) {
      await endChild(child);
      throw new Error(`nginx does not listen:\n${complaints}`);
    }
  return { port, pid: child.pid ?? 0, end: () => endChild(child) };
}
