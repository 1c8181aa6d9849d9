import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { callTool, connectRelay } from '../mcp.ts';
import { listsAreKnown, openClients, WAYS } from '../standby/listening-client.ts';

let fixture: Fixture;
const clients = openClients();
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(async () => {
  await clients.closeAll();
  await fixture.close();
});

const wanted = () => fixture.agent.state().signInWanted;
const echoes = () =>
  fixture.logged.filter(({ event, fields }) => event === 'call' && String(fields.name).endsWith('echo')).length;
const logged = () => fixture.logged.filter(({ event }) => event === 'sign-in-wanted');

describe.each(WAYS)('a tool call of the $era era over $over, at the $to, while nobody is signed in', (way) => {
  test('asks for a sign-in once, until somebody has signed in', async () => {
    const one = await clients.connect(fixture, way);
    await one.toolNames();
    await one.call('echo', { text: 'before' });
    await listsAreKnown(fixture);
    await fixture.agent.acts.signOut();
    await one.toolNames();
    await one.call('lanyard_status');
    expect(wanted()).toBeNull();

    const before = echoes();
    expect((await one.call('echo', { text: 'meanwhile' })).isError).toBe(true);
    expect(echoes()).toBe(before + 1);
    const client = way.over === 'HTTP' ? expect.stringMatching(/^snippet/) : 'stdio';
    const first = wanted();
    expect(first).toEqual({ at: expect.any(Number), client, server: 'notes' });
    await one.call('echo', { text: 'again' });
    expect(wanted()).toEqual(first);
    expect(logged().map(({ fields }) => fields)).toEqual([{ client, server: 'notes' }]);

    await fixture.signIn('alice');
    await fixture.state(({ signInWanted }) => signInWanted === null);
    expect(await one.call('echo', { text: 'after' })).toEqual({ isError: false, text: 'after' });
    expect(wanted()).toBeNull();
  });
});

test('signing out takes the wish back', async () => {
  const one = await clients.connect(fixture, { over: 'HTTP', to: 'notes', era: 'legacy' });
  await one.toolNames();
  await listsAreKnown(fixture);
  await fixture.agent.acts.signOut();
  await one.call('echo', { text: 'meanwhile' });
  expect(wanted()).not.toBeNull();
  await fixture.agent.acts.signOut();
  expect(wanted()).toBeNull();
});

test('a call that a sign-in would not help asks for none', async () => {
  const one = await clients.connect(fixture, { over: 'HTTP', to: 'notes', era: 'legacy' });
  await one.toolNames();
  const back = fixture.company.faults.set({ at: 'server', server: 'notes', kind: 'reset' });
  expect((await one.call('echo', { text: 'meanwhile' })).isError).toBe(true);
  back();
  expect(wanted()).toBeNull();
});

test('a call that needs a more recent sign-in asks for it', async () => {
  const clock = createTestClock();
  const another = await startFixture({ clock: clock.now });
  try {
    await another.signIn('alice');
    const client = await connectRelay(another, 'notes', 'modern');
    another.company.requireStepUpAtServer('notes', { maxAgeSeconds: 300 });
    await callTool(client, 'echo', { text: 'before' });
    expect(another.agent.state().signInWanted).toBeNull();
    clock.pass(302);
    await callTool(client, 'echo', { text: 'too late' });
    expect(another.agent.state().signInWanted).toMatchObject({ server: 'notes' });
    await another.signIn('alice');
    await another.state(({ signInWanted }) => signInWanted === null);
    await client.close();
  } finally {
    await another.close();
  }
});
