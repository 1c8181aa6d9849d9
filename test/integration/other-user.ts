import { execFile } from 'node:child_process';
import type { RequestOptions } from 'node:http';
import { promisify } from 'node:util';

/** "nobody" on every Linux. */
const NOBODY = 65_534;

/** Only root can become somebody else. */
export const canBeOther: boolean = process.platform === 'linux' && process.getuid?.() === 0;

/** Opens so many connections as another user, sends nothing, and gives how many the other side ends within a second. */
export async function connectAsOther(port: number, count: number): Promise<number> {
  const script = `process.setgid(${NOBODY}); process.setuid(${NOBODY});
    let ended = 0;
    for (let number = 0; number < ${count}; number += 1)
      require('node:net').connect(${port}, '127.0.0.1').on('error', () => {}).on('close', () => { ended += 1; });
    setTimeout(() => { console.log(ended); process.exit(); }, 1000);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  return Number(stdout);
}

/** What a program of another user of this machine gets for a request; see {@link canBeOther}. */
export async function requestAsOther(
  options: RequestOptions & { readonly port: number },
  body = '',
): Promise<{ readonly status: number; readonly text: string }> {
  // It becomes another user after Node was started: others may not be allowed to read this checkout.
  const script = `process.setgid(${NOBODY}); process.setuid(${NOBODY});
    require('node:http').request(${JSON.stringify({ agent: false, ...options })}, async (answer) => {
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      console.log(JSON.stringify({ status: answer.statusCode, text }));
    }).end(${JSON.stringify(body)})`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  return JSON.parse(stdout) as { status: number; text: string };
}
