import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { openClients, WAYS } from './listening-client.ts';

let fixture: Fixture;
const clients = openClients();
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(async () => {
  await clients.closeAll();
  await fixture.close();
});

describe.each(WAYS)('a client of the $era era over $over, at the $to', (way) => {
  test('connects before anybody has ever signed in, and has the tools as soon as somebody has', async () => {
    const one = await clients.connect(fixture, way);
    expect(await one.toolNames()).toEqual(['lanyard_status']);
    const { isError, text } = await one.call('lanyard_status');
    expect(isError).toBe(false);
    expect(text).toContain('lanyard login');
    expect(text).toContain('new conversation');
    await fixture.signIn('alice');
    await one.hearsOf('echo');
    expect(await one.call('echo', { text: 'hello' })).toEqual({ isError: false, text: 'hello' });
    expect(JSON.parse((await one.call('whoami')).text)).toMatchObject({ subject: 'u-alice' });
  });

  test('whose list of tools is from before the sign-in can still ask for the status', async () => {
    const one = await clients.connect(fixture, way);
    await fixture.signIn('alice');
    await one.hearsOf('echo');
    const { isError, text } = await one.call('lanyard_status');
    expect(isError).toBe(false);
    expect(text).toContain('Signed in to');
  });
});
