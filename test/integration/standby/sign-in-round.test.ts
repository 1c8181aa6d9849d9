import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { connectOver, connectRelay } from '../mcp.ts';
import { PROGRAM } from '../program.ts';
import { raw } from '../raw-http.ts';

let fixture: Fixture;
let client: Client;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(async () => {
  await client.close();
  await fixture.close();
});

const ABLE = { elicitation: { url: {} } };

/** What the person does who was sent to an address of Lanyard. */
async function signInAt(url: string): Promise<void> {
  const { headers } = await raw(url);
  const { password } = fixture.company.person('alice');
  await signInByScript({ url: String(headers.location), username: 'alice', password });
}

describe.each(['HTTP', 'stdio'])('a client of the modern era that can open addresses, over %s', (over) => {
  /** Connects one, whose person does as told; gives what it was asked. */
  const connect = async (answer: (url: string) => Promise<'accept' | 'decline'>) => {
    const args = [PROGRAM, 'stdio', 'notes'];
    const env = { HOME: fixture.home, PATH: process.env.PATH ?? '' };
    client =
      over === 'HTTP'
        ? await connectRelay(fixture, 'notes', 'modern', { capabilities: ABLE })
        : await connectOver(
            new StdioClientTransport({ command: process.execPath, args, env, stderr: 'pipe' }),
            'modern',
            ABLE,
          );
    const asked: string[] = [];
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      const { url } = params as { url: string };
      asked.push(url);
      return { action: await answer(url) };
    });
    return asked;
  };
  const echo = async () => (await client.callTool({ name: 'echo', arguments: { text: 'hello' } })) as CallToolResult;

  test('is taken there once, and its call is carried out after the sign-in', async () => {
    const asked = await connect(async (url) => {
      await signInAt(url);
      return 'accept';
    });
    expect(await echo()).toMatchObject({ content: [{ text: 'hello' }] });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain('/sign-in/');
  });

  test('whose host accepts before the person has signed in, has its call wait for that', async () => {
    let signingIn: Promise<void> | undefined;
    const asked = await connect(async (url) => {
      signingIn = signInAt(url);
      return 'accept';
    });
    expect(await echo()).toMatchObject({ content: [{ text: 'hello' }] });
    await signingIn;
    expect(asked).toHaveLength(1);
  });

  test('whose person declines is told why, and not asked again', async () => {
    const asked = await connect(async () => 'decline');
    const { isError, content } = await echo();
    expect([isError, asked.length]).toEqual([true, 1]);
    expect(content).toMatchObject([{ text: expect.stringContaining('"echo" was not carried out') }]);
  });
});
