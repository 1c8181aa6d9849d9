import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClaudeConversation, type OpenUrl, startConversation } from './claude-conversation.ts';
import { type Employee, startEmployee } from './employee.ts';
import { entryFor, type Route, routeInWords, toolOn, writeClaudeEntry } from './entry.ts';
import { addPasted, logout } from './lanyard-program.ts';
import { randomText } from './random-text.ts';

// A call while nobody is signed in: the client shows the person an address of this machine, which leads to the sign-in.

const SERVER = 'notes';
const TOOL = 'echo';
const ENTRY = 'company';

/** How long a person takes for the sign-in, in milliseconds: longer than a client takes to make its call again. */
const PERSON_MS = 1_500;

const ROUTES: readonly Route[] = [
  { transport: 'http', server: SERVER },
  { transport: 'stdio', server: SERVER },
  { transport: 'http', server: undefined },
  { transport: 'stdio', server: undefined },
];

for (const [index, route] of ROUTES.entries())
  describe(`Claude Code asks the person to sign in, ${routeInWords(route)}`, () => {
    const tool = toolOn(route, SERVER, TOOL);
    let employee: Employee;
    let claude: ClaudeConversation;
    let open: OpenUrl = async () => 'cancel';

    before(async () => {
      employee = await startEmployee();
      const { localKey } = await addPasted(employee.sandbox);
      writeClaudeEntry(employee, ENTRY, entryFor(employee, route, localKey));
      claude = await startConversation(employee.sandbox, [`mcp__${ENTRY}`], (url) => open(url));
      await claude.offered();
    });
    after(async () => {
      await claude?.end();
      await employee?.end();
    });
    afterEach(() => {
      claude.askedUrls.length = 0;
    });

    const call = (text: string) => claude.call(ENTRY, tool, { text });

    test('who opens the address and signs in gets the answer of the same call', async () => {
      await logout(employee.sandbox);
      open = async (url) => {
        await employee.signInFrom(url);
        return 'accept';
      };
      const text = randomText();
      assert.deepEqual(await call(text), { text, isError: false });
      assert.equal(claude.askedUrls.length, 1);
      assert.ok(claude.askedUrls[0]?.startsWith(`${employee.relayUrl}/`));
    });

    // Claude Code makes the call again as soon as the person has said yes, not when the sign-in is done.
    test('who says yes first and signs in after that gets the answer of the same call too', async () => {
      await logout(employee.sandbox);
      let signedIn: Promise<void> | undefined;
      open = async (url) => {
        signedIn ??= delay(PERSON_MS).then(() => employee.signInFrom(url));
        return 'accept';
      };
      const text = randomText();
      assert.deepEqual(await call(text), { text, isError: false });
      await signedIn;
      assert.ok(claude.askedUrls.length <= 2, `asked ${claude.askedUrls.length} times`);
    });

    test('who says no gets the words at once', async () => {
      await logout(employee.sandbox);
      open = async () => 'decline';
      const { text, isError } = await call(randomText());
      assert.ok(isError, text);
      assert.match(text, /sign[- ]in/i);
      assert.equal(claude.askedUrls.length, 1);
    });

    // The call is held for a while, so one route has to do.
    if (index === 0)
      test('who says yes and does not sign in is asked once more at most, and the call ends in words', async () => {
        await logout(employee.sandbox);
        const callsBefore = employee.company.counts.toolCalls;
        open = async () => 'accept';
        const { text, isError } = await call(randomText());
        assert.ok(isError, text);
        assert.match(text, /sign[- ]in/i);
        assert.ok(claude.askedUrls.length <= 2, `asked ${claude.askedUrls.length} times`);
        assert.equal(employee.company.counts.toolCalls, callsBefore);
      });
  });
