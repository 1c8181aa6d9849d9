import { z } from 'zod';
import { startChild } from './children.ts';
import { claudeEnvironment, claudeProgram, toolName } from './claude-code.ts';
import { startModel } from './model-stand-in.ts';
import type { Sandbox } from './sandbox.ts';

// One Claude Code that stays: several turns of one conversation with the model stand-in, so that it can be seen what
// becomes of its MCP connections between them. It is driven as the Agent SDK does, over stdin.

/** What the model got for its call. */
export interface ToolAnswer {
  /** The texts of the result, joined by line ends. */
  readonly text: string;
  readonly isError: boolean;
}

/** What the person does who is asked to open an address: resolves to what the host then answers. */
export type OpenUrl = (url: string) => Promise<'accept' | 'decline' | 'cancel'>;

/** Nobody is there. */
const nobodyOpens: OpenUrl = async () => 'cancel';

/** A Claude Code in the middle of a conversation. */
export interface ClaudeConversation {
  /** Has a turn without a call, and tells what the model was offered in it: `mcp__<entry>__<tool>`. */
  offered(): Promise<readonly string[]>;
  /** Lets the model call a tool, and tells what it was given. */
  call(entry: string, tool: string, input: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
  /** The client's own words for the state of each entry: `connected`, `failed`, `pending` … */
  states(): Promise<Readonly<Record<string, string>>>;
  /** The addresses that servers asked the person to open, oldest first. */
  readonly askedUrls: string[];
  end(): Promise<void>;
}

/** A turn takes well under a second, unless a call waits for a person's sign-in; in milliseconds. */
const TURN_LIMIT_MS = 90_000;

/** All turns of one test; in milliseconds. */
const CONVERSATION_LIMIT_MS = 5 * 60_000;

const resultSchema = z.looseObject({ type: z.literal('result') });

const controlResponseSchema = z.looseObject({
  type: z.literal('control_response'),
  response: z.looseObject({ request_id: z.string(), response: z.unknown() }),
});

const elicitationSchema = z.looseObject({
  type: z.literal('control_request'),
  request_id: z.string(),
  request: z.looseObject({ subtype: z.literal('elicitation'), url: z.string().optional() }),
});

const statesSchema = z.looseObject({
  mcpServers: z.array(z.looseObject({ name: z.string(), status: z.string() })),
});

const toldSchema = z.looseObject({
  content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]),
  is_error: z.boolean().optional(),
});

/**
 * Starts one with the entries of the person's own file. Its model is offered every tool, not only those that it looked
 * for. A host that did not answer when asked to open an address would leave the client waiting for ever.
 */
export async function startConversation(
  sandbox: Sandbox,
  allowed: readonly string[],
  openUrl: OpenUrl = nobodyOpens,
): Promise<ClaudeConversation> {
  const model = await startModel();
  const formats = ['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'];
  const child = startChild(claudeProgram(), ['-p', ...formats, '--allowedTools', ...allowed], {
    cwd: sandbox.project,
    env: { ...claudeEnvironment(sandbox, model.url), ENABLE_TOOL_SEARCH: 'false' },
    timeLimitMs: CONVERSATION_LIMIT_MS,
    isTalkedTo: true,
  });
  const askedUrls: string[] = [];
  /** What is waited for: the end of the turn, and answers to requests of ours by their ids. */
  const waiting = new Map<string, (value: unknown) => void>();
  let requests = 0;

  child.onLine((line) => {
    const event: unknown = JSON.parse(line);
    if (resultSchema.safeParse(event).success) return waiting.get('turn')?.(undefined);
    const answered = controlResponseSchema.safeParse(event).data;
    if (answered) return waiting.get(answered.response.request_id)?.(answered.response.response);
    const asked = elicitationSchema.safeParse(event).data;
    if (!asked) return;
    const { url = '' } = asked.request;
    askedUrls.push(url);
    void openUrl(url).then((action) => {
      const response = { subtype: 'success', request_id: asked.request_id, response: { action } };
      child.say(JSON.stringify({ type: 'control_response', response }));
    });
  });

  const sayAndWait = async (key: string, message: object): Promise<unknown> => {
    let limit: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        waiting.set(key, resolve);
        child.ended.then(() => reject(new Error(`Claude Code ended: ${child.stderr()}`)), reject);
        const late = () => reject(new Error(`No answer in ${TURN_LIMIT_MS} ms\n${child.stdout()}\n${child.stderr()}`));
        limit = setTimeout(late, TURN_LIMIT_MS);
        child.say(JSON.stringify(message));
      });
    } finally {
      clearTimeout(limit);
      waiting.delete(key);
    }
  };
  const turn = (text: string) =>
    sayAndWait('turn', { type: 'user', message: { role: 'user', content: [{ type: 'text', text }] } });

  return {
    askedUrls,
    offered: async () => {
      await turn('Say something.');
      return model.offered();
    },
    call: async (entry, tool, input) => {
      const before = model.toolResults.length;
      model.plan({ tool: toolName(entry, tool), input });
      await turn('Call the tool.');
      const [told] = model.toolResults.slice(before);
      if (told === undefined) throw new Error(`The model was told no result\n${child.stdout()}`);
      const { content, is_error } = toldSchema.parse(JSON.parse(told));
      const text = typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n');
      return { text, isError: is_error === true };
    },
    states: async () => {
      requests += 1;
      const id = `request-${requests}`;
      const message = { type: 'control_request', request_id: id, request: { subtype: 'mcp_status' } };
      const { mcpServers } = statesSchema.parse(await sayAndWait(id, message));
      return Object.fromEntries(mcpServers.map(({ name, status }) => [name, status]));
    },
    end: async () => {
      await child.end();
      await model.close();
    },
  };
}
