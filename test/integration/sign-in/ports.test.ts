import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { freePort, holdPort, isOpen } from '../ports.ts';

// The sign-in's port lingers for a minute after its end, to answer a reload with a sentence.
const LINGER_MS = 60_000;

let fixture: Fixture;
let ports: readonly [number, number];
beforeEach(async () => {
  ports = [await freePort(), await freePort()];
  fixture = await startFixture({ policy: { redirectPorts: ports } });
});
afterEach(() => fixture.close());

const begin = () => fixture.agent.acts.signIn({ method: 'browser' });
const portOf = (url: string) => Number(new URL(new URL(url).searchParams.get('redirect_uri') ?? '').port);

async function finish(url: string, username = 'alice') {
  return signInByScript({ url, username, password: fixture.company.person(username).password });
}

test('the port is open only while somebody signs in', async () => {
  expect(await isOpen(ports[0])).toBe(false);
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const { url } = await begin();
  expect(portOf(url)).toBe(ports[0]);
  expect(await isOpen(ports[0])).toBe(true);
  expect((await finish(url)).status).toBe(200);
  await fixture.state(({ signIn }) => signIn?.phase === 'succeeded');
  const lingering = timers.mock.calls.filter(([, delay]) => delay === LINGER_MS);
  timers.mockRestore();
  // Others may wait as long for something else; that only makes them early.
  for (const [run] of lingering) run();
  expect(await isOpen(ports[0])).toBe(false);
});

test('the next port of the policy is taken where the first one is not free', async () => {
  const held = await holdPort(ports[0]);
  const { url } = await begin();
  expect(portOf(url)).toBe(ports[1]);
  expect((await finish(url)).status).toBe(200);
  await held.release();
});

test('with every port of the policy taken there is a sentence, and the next try works', async () => {
  const held = await Promise.all(ports.map((port) => holdPort(port)));
  await expect(begin()).rejects.toMatchObject({ code: 'sign-in-port', user: expect.stringContaining('try again') });
  for (const { release } of held) await release();
  expect((await finish((await begin()).url)).status).toBe(200);
});

test('a new sign-in takes the place of the one before, also on its port', async () => {
  const first = await begin();
  const second = await begin();
  expect(portOf(second.url)).toBe(ports[0]);
  expect(second.attempt).not.toBe(first.attempt);
  const old = await finish(first.url, 'bob');
  expect(old.status).toBe(400);
  expect(old.text).toContain('Not a sign-in of ours');
  expect(fixture.agent.state()).toMatchObject({ session: { status: 'signed-out' }, signIn: { phase: 'waiting' } });
  expect((await finish(second.url, 'alice')).status).toBe(200);
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
});

test('of two sign-ins begun at once one is left, with one port', async () => {
  const [first, second] = await Promise.all([begin(), begin()]);
  const { signIn } = fixture.agent.state();
  expect([first.attempt, second.attempt]).toContain(signIn?.attempt);
  expect(await Promise.all(ports.map(isOpen))).toEqual([true, false]);
  const left = [first, second].find(({ attempt }) => attempt === signIn?.attempt);
  expect((await finish(left?.url ?? '')).status).toBe(200);
});

test('a browser that keeps an unused connection open does not hold up the next sign-in', async () => {
  const { url } = await begin();
  const speculative = connect(portOf(url), '127.0.0.1');
  await once(speculative, 'connect');
  const ended = once(speculative, 'close');
  expect((await finish((await begin()).url)).status).toBe(200);
  speculative.end();
  await ended;
});
