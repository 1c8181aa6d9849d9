import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { toolName } from './claude-code.ts';
import { type ClaudeConversation, startConversation } from './claude-conversation.ts';
import { type Codex, startCodex } from './codex.ts';
import { type Employee, startEmployee } from './employee.ts';
import { entryFor, type Route, routeInWords, toolOn, writeClaudeEntry } from './entry.ts';
import { callByInspector, type ProtocolEra } from './inspector.ts';
import { addPasted } from './lanyard-program.ts';
import { randomText } from './random-text.ts';
import { until } from './until.ts';

// Servers that speak one of the two eras alone, and clients that were made for the other.

const SERVER = 'notes';
const TOOL = 'echo';
const ENTRY = 'company';
// In this order, since a client that was once seen to begin in the legacy era is taken to be able to do so again.
const ERAS: readonly ProtocolEra[] = ['modern', 'legacy'];

const ROUTES: readonly Route[] = [
  { transport: 'http', server: SERVER },
  { transport: 'stdio', server: SERVER },
  { transport: 'http', server: undefined },
  { transport: 'stdio', server: undefined },
];

for (const serverEra of ERAS)
  describe(`A server of the ${serverEra} era alone`, () => {
    let employee: Employee;
    let localKey: string;
    let claude: ClaudeConversation | undefined;
    let codex: Codex | undefined;

    before(async () => {
      employee = await startEmployee({ eras: { [SERVER]: serverEra } });
      ({ localKey } = await addPasted(employee.sandbox));
    });
    after(() => employee?.end());
    afterEach(async () => {
      await claude?.end();
      await codex?.end();
    });

    for (const route of ROUTES) {
      const tool = toolOn(route, SERVER, TOOL);
      const entry = () => entryFor(employee, route, localKey);

      test(`serves Claude Code, ${routeInWords(route)}`, async () => {
        writeClaudeEntry(employee, ENTRY, entry());
        const started = await startConversation(employee.sandbox, [`mcp__${ENTRY}`]);
        claude = started;
        await until(async () => (await started.offered()).includes(toolName(ENTRY, tool)));
        const text = randomText();
        assert.deepEqual(await started.call(ENTRY, tool, { text }), { text, isError: false });
      });

      test(`serves Codex, ${routeInWords(route)}`, async () => {
        codex = await startCodex(employee.sandbox, { [ENTRY]: entry() });
        assert.ok((await codex.tools())[ENTRY]?.includes(tool));
        const thread = await codex.startThread();
        const text = randomText();
        const answer = await thread.call(ENTRY, tool, { text });
        assert.deepEqual(answer, { kind: 'result', texts: [text], isError: false });
      });

      for (const era of ERAS)
        test(`serves the Inspector in the ${era} era, ${routeInWords(route)}`, async () => {
          const target = entry();
          const header = `Lanyard-Key: ${localKey}`;
          const value = randomText();
          const call = { era, tool, argument: { name: 'text', value } };
          const answer = await callByInspector(
            employee.sandbox,
            'url' in target ? { url: target.url, header, ...call } : { ...target, ...call },
          );
          assert.deepEqual(answer, { kind: 'result', texts: [value] });
        });
    }
  });
