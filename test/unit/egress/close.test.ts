import { expect, test } from 'vitest';
import { createEgress } from '../../../main/egress/egress.ts';
import { serveRaw, until } from '../fixtures.ts';

test('closing ends every connection: a stream under way, and one that is kept for later', async () => {
  let open = 0;
  const { origin } = await serveRaw((request, response) => {
    open += 1;
    request.socket.once('close', () => {
      open -= 1;
    });
    if (request.url === '/stream') response.write('first');
    else response.end('{}');
  });
  const egress = createEgress({});
  await (await egress.fetch(`${origin}/kept`, { method: 'GET', headers: {} })).text();
  const heard: string[] = [];
  egress.forward(
    { origin, path: '/stream', method: 'GET', headers: [], body: null },
    {
      onStart: () => {},
      onHead: () => {},
      onData: (chunk) => void heard.push(chunk.toString()),
      onEnd: () => void heard.push('end'),
      onFault: () => void heard.push('fault'),
    },
  );
  await until(() => heard.length > 0);
  await (await egress.fetch(`${origin}/kept`, { method: 'GET', headers: {} })).text();
  await egress.close();
  await until(() => open <= 0 && heard.length > 1);
  expect(heard).toEqual(['first', 'fault']);
});
