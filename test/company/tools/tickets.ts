import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { registerWhoami } from './common.ts';
import { shelfOf, type Toolbox, text } from './toolbox.ts';

const READ = 'tickets:read';
const WRITE = 'tickets:write';
const CLOSE = 'tickets:close';
const FIRST_TICKETS = ['Printer out of paper', 'New laptop'];

/** Tools about support tickets; closing one needs a scope that the policy does not ask for. */
export function registerTicketsTools(server: McpServer, toolbox: Toolbox): void {
  registerWhoami(server, toolbox, READ);
  const listing = {
    title: 'List tickets',
    description: 'The open tickets',
    annotations: { readOnlyHint: true },
    scopeChallenge: toolbox.needs(READ),
  };
  server.registerTool('list_tickets', listing, (context) => {
    toolbox.called(context);
    return text(shelfOf(toolbox, context, FIRST_TICKETS).join('\n'));
  });
  const opening = {
    title: 'Open a ticket',
    description: 'Opens a new ticket',
    inputSchema: z.object({ title: z.string().min(1) }),
    scopeChallenge: toolbox.needs(READ, WRITE),
  };
  server.registerTool('open_ticket', opening, ({ title }, context) => {
    toolbox.called(context);
    shelfOf(toolbox, context, FIRST_TICKETS).push(title);
    return text(`Opened: ${title}`);
  });
  const closing = {
    title: 'Close a ticket',
    description: 'Closes the ticket with this title',
    inputSchema: z.object({ title: z.string().min(1) }),
    annotations: { destructiveHint: true },
    scopeChallenge: toolbox.needs(READ, CLOSE),
  };
  server.registerTool('close_ticket', closing, ({ title }, context) => {
    toolbox.called(context);
    const shelf = shelfOf(toolbox, context, FIRST_TICKETS);
    const index = shelf.indexOf(title);
    if (index < 0) return { ...text(`There is no open ticket called ${title}`), isError: true };
    shelf.splice(index, 1);
    return text(`Closed: ${title}`);
  });
}
