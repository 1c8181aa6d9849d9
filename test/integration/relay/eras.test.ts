import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testClient } from '../behaviours.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { connectRelay, ERAS } from '../mcp.ts';

let fixture: Fixture;
let localKey: string;
beforeAll(async () => {
  fixture = await startFixture();
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterAll(() => fixture.close());

describe.each(ERAS)('a client of the %s era, over HTTP', (era) => {
  const connect = (capabilities = {}) => connectRelay(fixture, 'notes', era, { localKey, capabilities });
  testClient({ era, fixture: () => fixture, connect });

  test('hears of every step of a call in its order', async () => {
    const client = await connect();
    const seen: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void seen.push(progress);
    await client.callTool({ name: 'count_up', arguments: { to: 50 } }, { onprogress });
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    await client.close();
  });
});
