import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe } from 'vitest';
import { testClient } from '../behaviours.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { connectOver, ERAS } from '../mcp.ts';
import { PROGRAM } from '../program.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterAll(() => fixture.close());

describe.each(ERAS)('a client of the %s era, over a shim that it started', (era) => {
  const connect = (capabilities = {}) => {
    const args = [PROGRAM, 'stdio', 'notes'];
    const env = { HOME: fixture.home };
    const transport = new StdioClientTransport({ command: process.execPath, args, env, stderr: 'pipe' });
    return connectOver(transport, era, capabilities);
  };
  testClient({ era, fixture: () => fixture, connect });
});
