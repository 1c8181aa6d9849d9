import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppView, appsSchema } from '../../../shared/app-views.ts';
import { APP_KINDS, type AppKind } from '../../../shared/client-kinds.ts';
import { addedClientSchema, agentStateSchema } from '../../../shared/local-api.ts';
import { callLocal } from '../../../shared/local-client.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { post } from '../raw-http.ts';
import { entriesIn, handWritten, keyIn, PLATFORMS, putFile } from './app-files.ts';

const SERVERS = ['lanyard-notes', 'lanyard-payroll', 'lanyard-tickets'];

describe.each(PLATFORMS)('with the paths of %s', (platform) => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture({ machine: { platform } });
  });
  afterAll(() => fixture.close());

  const apps = async () => (await ask('GET', '/apps', appsSchema)).apps;
  const ask = <T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    answer: { parse(value: unknown): T },
    body?: object,
  ) => callLocal(fixture.paths, { method, path, answer: answer as never, ...(body && { body }) }) as Promise<T>;
  const app = async (kind: AppKind): Promise<AppView> => {
    const found = (await apps()).find((view) => view.kind === kind);
    if (!found) throw new Error(`The agent shows no ${kind}`);
    return found;
  };
  const connect = (kind: AppKind, more: object = {}) => ask('POST', '/clients', addedClientSchema, { kind, ...more });
  const disconnect = (kind: AppKind) => ask('DELETE', `/clients/${kind}`, agentStateSchema);

  test.each(APP_KINDS)('%s: our entries go into the file as it is, and out again to the same bytes', async (kind) => {
    const { file, transport } = await app(kind);
    putFile(file, handWritten(kind));
    const { client, localKey } = await connect(kind);
    expect([client.file, localKey]).toEqual([file, undefined]);
    expect(Object.keys(entriesIn(file, kind)).sort()).toEqual([...SERVERS, 'theirs']);
    expect(await app(kind)).toMatchObject({ status: 'connected', client: kind, isFound: true, transport, changes: [] });
    expect(statSync(file).mode & 0o077).toBe(0);
    if (transport === 'http') {
      const answer = await post(relayUrl(fixture, 'notes'), keyIn(file));
      expect(answer.status).not.toBe(403);
    } else expect(keyIn(file)).toBe('');
    await disconnect(kind);
    expect(readFileSync(file, 'utf8')).toBe(handWritten(kind));
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect((await app(kind)).status).toBe('not-connected');
  });
});

test.each(PLATFORMS)(
  'with the paths of %s, every app is connected without a file before, and leaves none',
  async (platform) => {
    const fixture = await startFixture({ machine: { platform } });
    const { acts } = fixture.agent;
    const before = readdirSync(fixture.home, { recursive: true });
    for (const kind of APP_KINDS) {
      const request = { transport: 'stdio', gateway: true } as const;
      const plan = await acts.planConnection(kind, request);
      expect(plan).toMatchObject({ exists: false, ...request });
      expect(existsSync(plan.file)).toBe(false);
      await acts.addClient({ kind, ...request });
      const { lanyard, ...others } = entriesIn(plan.file, kind);
      expect(others).toEqual({});
      expect(JSON.stringify(lanyard)).toContain(`"--client","${kind}"`);
      expect(readFileSync(plan.file, 'utf8').trim()).toBe(plan.text.trim());
      expect(statSync(plan.file).mode & 0o777).toBe(0o600);
    }
    // Some share folders; whoever made one takes it back when it is empty.
    for (const kind of APP_KINDS.toReversed()) await acts.removeClient(kind);
    const state = relative(fixture.home, fixture.paths.state);
    const left = (names: readonly unknown[]) => names.filter((name) => !String(name).startsWith(state));
    expect(left(readdirSync(fixture.home, { recursive: true }))).toEqual(left(before));
    await fixture.close();
  },
);
