import { expect, test } from 'vitest';
import { pastedClientSchema } from '../../../shared/local-api.ts';
import { startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { freePort, type HeldPort, holdPort, isOpen } from '../ports.ts';
import { post } from '../raw-http.ts';

test('a port that somebody else holds is left to them: the next one is taken, and the state says which', async () => {
  const held = await holdPort();
  const fixture = await startFixture({ policy: { relayPort: held.port } });
  const { url } = fixture.agent.state().relay;
  expect(Number(new URL(url).port)).toBeGreaterThan(held.port);
  const added = pastedClientSchema.parse(await fixture.agent.acts.addClient({ kind: 'snippet', transport: 'http' }));
  expect(added.snippet).toContain(`${url}/notes/mcp`);
  const [warning, ...others] = fixture.agent.state().agent.warnings;
  expect([warning, others]).toEqual([expect.stringContaining(`Another program holds port ${held.port}`), []]);
  expect(fixture.logged).toContainEqual(expect.objectContaining({ level: 'warn', event: 'relay-port-taken' }));
  const { checks } = await fixture.agent.acts.doctor();
  expect(checks).toContainEqual(expect.objectContaining({ name: 'relay', outcome: 'warning', detail: warning }));
  expect(checks).toContainEqual(expect.objectContaining({ name: 'vault', outcome: 'ok' }));
  await fixture.signIn('alice');
  expect((await post(relayUrl(fixture, 'notes'), added.localKey)).status).toBe(200);
  await fixture.close();
  await held.release();
});

test('with the whole range taken the agent says so and leaves nothing open', async () => {
  const held: HeldPort[] = [];
  // Ten neighbours that are all free or taken by others: either way none is left for the agent.
  const first = await freePort();
  for (let port = first; port < first + 10; port += 1) {
    const mine = await holdPort(port).catch(() => undefined);
    if (mine) held.push(mine);
  }
  await expect(startFixture({ policy: { relayPort: first } })).rejects.toMatchObject({
    code: 'relay-port',
    administrator: expect.stringContaining(`127.0.0.1:${first}`),
  });
  for (const { release } of held) await release();
});

test('the relay listens on loopback alone, and closes with the agent', async () => {
  const fixture = await startFixture();
  expect(fixture.agent.state().agent.warnings).toEqual([]);
  const port = Number(new URL(fixture.agent.state().relay.url).port);
  expect(await isOpen(port)).toBe(true);
  await fixture.close();
  expect(await isOpen(port)).toBe(false);
});
