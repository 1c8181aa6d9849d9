import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { until } from '../until.ts';
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

const toServer = WAYS.filter(({ to }) => to === 'notes');

describe.each(toServer)('a client of the $era era over $over', (way) => {
  test('that has no access to its server is told so, and gets its tools when it has', async () => {
    const one = await clients.connect(fixture, way, { server: 'payroll' });
    expect(await one.toolNames()).toEqual(['lanyard_status']);
    expect((await one.call('lanyard_status')).text).toContain('has not given you access to Payroll');
    const { isError, text } = await one.call('list_payslips');
    expect(isError).toBe(true);
    expect(text).toContain('has not given you access to Payroll');
    expect(text).toContain('Only people can change that');
    // Signing in again would not help.
    expect(text).not.toContain('/sign-in/');
    fixture.company.setGroups('alice', ['engineering', 'finance']);
    await fixture.agent.acts.retry('payroll');
    await until(() => one.changes() > 0);
    await until(async () => !(await one.toolNames()).includes('lanyard_status'));
  });
});

describe.each(WAYS)('a client of the $era era over $over, at the $to, whose server is not reached', (way) => {
  test('keeps its tools, is told so, and goes on when the server is back', async () => {
    const one = await clients.connect(fixture, way);
    const tools = await one.toolNames();
    await listsAreKnown(fixture);
    const back = fixture.company.faults.set({ at: 'server', server: 'notes', kind: 'reset' });
    const { isError, text } = await one.call('echo', { text: 'meanwhile' });
    expect(isError).toBe(true);
    // The request was on its way already.
    expect(text).toMatch(/^Whether "echo" was carried out is not known\. The connection to \S+ failed/);
    expect(text).not.toContain('/sign-in/');
    expect(await one.toolNames()).toEqual(tools);
    back();
    expect(await one.call('echo', { text: 'after' })).toEqual({ isError: false, text: 'after' });
  });

  test('connects all the same, with the last known tools', async () => {
    const tools = await (await clients.connect(fixture, way)).toolNames();
    await listsAreKnown(fixture);
    const back = fixture.company.faults.set({ at: 'server', server: 'notes', kind: 'reset' });
    const late = await clients.connect(fixture, way);
    expect(await late.toolNames()).toEqual(tools);
    expect((await late.call('echo', { text: 'meanwhile' })).isError).toBe(true);
    back();
    expect(await late.call('echo', { text: 'after' })).toEqual({ isError: false, text: 'after' });
  });
});
