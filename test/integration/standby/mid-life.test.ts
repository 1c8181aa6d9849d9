import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { listsAreKnown, openClients, WAYS } from './listening-client.ts';

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

describe.each(WAYS)('a client of the $era era over $over, at the $to', (way) => {
  test('keeps its tools while nobody is signed in, is told why a call fails, and goes on after the sign-in', async () => {
    const one = await clients.connect(fixture, way);
    const tools = await one.toolNames();
    expect(tools).toContain('echo');
    expect(await one.call('echo', { text: 'before' })).toEqual({ isError: false, text: 'before' });
    await listsAreKnown(fixture);
    await fixture.agent.acts.signOut();
    const { isError, text } = await one.call('echo', { text: 'meanwhile' });
    expect(isError).toBe(true);
    expect(text).toContain('"echo" was not carried out');
    expect(text).toMatch(/This address starts the sign-in: http:\/\/127\.0\.0\.1:\d+\/sign-in\/\S+$/);
    expect(await one.toolNames()).toEqual(tools);
    await fixture.signIn('alice');
    expect(await one.call('echo', { text: 'after' })).toEqual({ isError: false, text: 'after' });
  });
});

// At the gateway nothing has changed: it showed the same tools all the time.
describe.each(WAYS.filter(({ to }) => to === 'notes'))('a client of the $era era that listens over $over', (way) => {
  test('hears of the return', async () => {
    const one = await clients.connect(fixture, way);
    await one.toolNames();
    await fixture.agent.acts.signOut();
    // As apps do whose stream was cut off.
    if (way.era === 'modern' && way.over === 'HTTP') await one.listenAgain();
    const heard = one.changes();
    await fixture.signIn('alice');
    await one.hearsOf('echo', heard);
  });
});
