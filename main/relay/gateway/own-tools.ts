import { z } from 'zod';
import { PRODUCT } from '../../../shared/product.ts';
import type { ListedTool } from '../lists/server-lists.ts';
import type { Members, Outcome } from '../mcp/rpc.ts';
import { ownResult } from './answers-at-once.ts';
import type { GatewayServer, ShownTool } from './catalogue.ts';
import { OWN_TOOLS } from './names.ts';
import { searchTools } from './tool-search.ts';

/** Tools that one search gives at most, and where the model names no number. */
const FOUND_LIMIT = 20;
const FOUND_USUALLY = 8;
/** Longest query, in characters. */
const QUERY_LIMIT = 1000;
/** Where the tools found are larger together, in characters, all but the first come by name and title only. */
const FOUND_SIZE_LIMIT = 60_000;

const findSchema = z.looseObject({
  query: z.string().max(QUERY_LIMIT).default(''),
  server: z.string().optional(),
  limit: z.int().min(1).max(FOUND_LIMIT).default(FOUND_USUALLY),
});

const callSchema = z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()).optional() });

const READ_ONLY = { readOnlyHint: true, openWorldHint: false } as const;

/** A result of a tool of ours that went wrong, in words for the model. */
export function toolFailure(text: string): Outcome {
  return ownResult({ content: [{ type: 'text', text }], isError: true });
}

/** The tool that says how the servers are. It stands alone while nothing is known of any server. */
export const STATUS_TOOL: ListedTool = {
  name: OWN_TOOLS.status,
  title: `${PRODUCT.name} status`,
  description: `Says whether this person is signed in with ${PRODUCT.name} and which of the company's MCP servers are available, and what to do about those that are not. Takes no arguments.`,
  inputSchema: { type: 'object', properties: {}, additionalProperties: false },
  annotations: READ_ONLY,
};

/** The answer of {@link STATUS_TOOL}. */
export function statusResult(text: string): Outcome {
  return ownResult({ content: [{ type: 'text', text }] });
}

function serverNames(tools: readonly ShownTool[]): string {
  const servers = new Map<string, GatewayServer>(tools.map(({ server }) => [server.name, server]));
  return [...servers.values()].map(({ name, title }) => `${title} (${name})`).join(', ');
}

/** The two tools that stand for all others where those are too many to be listed. */
export function searchingTools(tools: readonly ShownTool[]): readonly ListedTool[] {
  const servers = serverNames(tools);
  const names = [...new Set(tools.map(({ server }) => server.name))];
  return [
    {
      name: OWN_TOOLS.find,
      title: 'Find tools',
      description: `Finds tools of these servers: ${servers}. They have ${tools.length} tools, too many to be listed here, so search first, with words for what you want to do. Answers names, titles, descriptions and input schemas of the best matches; then call one of them with ${OWN_TOOLS.call}.`,
      inputSchema: {
        type: 'object',
        properties: {
          query: { type: 'string', maxLength: QUERY_LIMIT, description: 'What the tool should do, in a few words.' },
          server: { type: 'string', enum: names, description: 'Only tools of this server.' },
          limit: {
            type: 'integer',
            minimum: 1,
            maximum: FOUND_LIMIT,
            default: FOUND_USUALLY,
            description: 'How many tools to answer at most.',
          },
        },
        required: ['query'],
      },
      annotations: READ_ONLY,
    },
    {
      name: OWN_TOOLS.call,
      title: 'Call a tool',
      description: `Calls one tool of these servers: ${servers}. Take its name and the shape of its arguments from ${OWN_TOOLS.find}. What it does and answers is what the tool itself does and answers.`,
      inputSchema: {
        type: 'object',
        properties: {
          name: { type: 'string', description: `The tool's name, as ${OWN_TOOLS.find} gave it.` },
          arguments: { type: 'object', description: "Arguments that fit the tool's input schema." },
        },
        required: ['name'],
      },
    },
  ];
}

function foundEntry({ server, entry }: ShownTool, isWhole: boolean): Members {
  const { name, title, description, inputSchema } = entry;
  const short = { name, ...(title !== undefined && { title }), server: server.name };
  return isWhole ? { ...short, ...(description !== undefined && { description }), inputSchema } : short;
}

/** The answer of `find_tools`. */
export function findResult(tools: readonly ShownTool[], given: unknown): Outcome {
  const asked = findSchema.safeParse(given ?? {});
  if (!asked.success) {
    return toolFailure(
      `The arguments are a query of at most ${QUERY_LIMIT} characters, and if wanted a server and a limit of 1 to ${FOUND_LIMIT}.`,
    );
  }
  const { query, server, limit } = asked.data;
  const within = server === undefined ? tools : tools.filter((tool) => tool.server.name === server);
  if (within.length === 0) return toolFailure(`There is no such server. The servers are: ${serverNames(tools)}.`);
  let room = FOUND_SIZE_LIMIT;
  const found = searchTools(within, query, limit).map((tool, at) => {
    const whole = foundEntry(tool, true);
    const size = JSON.stringify(whole).length;
    if (size > room && at > 0) return foundEntry(tool, false);
    room -= size;
    return whole;
  });
  const text =
    found.length === 0
      ? `No tool fits. Try other words; the servers are: ${serverNames(tools)}.`
      : JSON.stringify({ tools: found });
  return ownResult({ content: [{ type: 'text', text }], structuredContent: { tools: found } });
}

/** Params of the call that stands in the arguments of `call_tool`; `undefined` where none does. */
export function calledParams(params: Members): Members | undefined {
  const called = callSchema.safeParse(params.arguments);
  if (!called.success) return undefined;
  const { arguments: _ours, ...others } = params;
  const theirs = called.data.arguments;
  return { ...others, name: called.data.name, ...(theirs !== undefined && { arguments: theirs }) };
}
