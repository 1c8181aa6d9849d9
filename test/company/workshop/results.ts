import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Toolbox, text } from '../tools/toolbox.ts';

const MOST_CHARACTERS = 8_000_000;
const LEVELS = ['debug', 'info', 'warning', 'error'] as const;

/** An argument that stands in a header as well (MCP 2026-07-28, custom headers). */
const REGIONAL_SCHEMA = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
  required: ['region'],
} as const;

/** Members that no revision knows, wherever a result has room for them. */
export const UNKNOWN_MEMBERS = {
  _meta: { 'example.com/made-of': ['oak', { deeply: null }] },
  'example.com/beside': { more: [1, 2.5, 'three'] },
} as const;

/** Tools that are about their results: errors, large ones, logged lines, unknown members, an argument in a header. */
export function registerResults(server: McpServer, toolbox: Toolbox): void {
  server.registerTool('fail', { description: 'Goes wrong' }, (context) => {
    toolbox.called(context);
    return { ...text('The drill is broken'), isError: true };
  });
  const large = { description: 'A long text', inputSchema: z.object({ characters: z.int().max(MOST_CHARACTERS) }) };
  server.registerTool('large', large, ({ characters }, context) => {
    toolbox.called(context);
    return text('ä'.repeat(characters));
  });
  server.registerTool('log', { description: 'Logs one line of each level' }, async (context) => {
    toolbox.called(context);
    for (const level of LEVELS) await context.mcpReq.log(level, `A line of level ${level}`, 'workshop');
    return text('Logged');
  });
  const odd = {
    title: 'Odd',
    description: 'Answers with members that nobody knows',
    icons: [{ src: 'https://example.com/odd.png', mimeType: 'image/png', sizes: ['48x48'] }],
    _meta: { 'example.com/listed': [1, null] },
  };
  server.registerTool('odd', odd, (context) => {
    toolbox.called(context);
    const content = [{ type: 'text' as const, text: 'odd', _meta: { 'example.com/part': 1 } }];
    return { content, structuredContent: { odd: { null: null } }, ...UNKNOWN_MEMBERS };
  });
  const regional = {
    description: 'Tells the region that its argument and its header name',
    inputSchema: fromJsonSchema<{ region: string }>(REGIONAL_SCHEMA),
  };
  server.registerTool('regional', regional, ({ region }, context) => {
    toolbox.called(context);
    return text(JSON.stringify({ region, header: context.http?.req?.headers.get('mcp-param-region') ?? null }));
  });
}
