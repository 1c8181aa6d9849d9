import { expect, test } from 'vitest';
import { callServer, type ServerAccess } from '../../../main/relay/server-call.ts';
import { serve } from '../fixtures.ts';
import { accessTo } from './access-to.ts';

/** Whether a call was answered, or the code of its fault. */
function outcomeOf(access: ServerAccess): Promise<string> {
  return new Promise((resolve) => {
    callServer(
      access,
      { method: 'POST', purpose: 'call', headers: [], body: Buffer.from('{"id":1}') },
      { onHead: () => {}, onData: () => {}, onEnd: () => resolve('answered'), onFault: ({ code }) => resolve(code) },
    );
  });
}

test('a token that was taken and is refused later is replaced at once, each time', async () => {
  let good = 'Bearer token-2';
  const { origin } = await serve(({ headers }, response) =>
    response.writeHead(headers.authorization === good ? 200 : 401).end(),
  );
  const access = accessTo(origin);
  for (const [token, mints] of [
    ['Bearer token-2', 2],
    ['Bearer token-3', 3],
    ['Bearer token-4', 4],
  ] as const) {
    good = token;
    expect(await outcomeOf(access)).toBe('answered');
    expect(access.mints()).toBe(mints);
  }
});
