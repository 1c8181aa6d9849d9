import { acceptedContent, inputRequired, inputResponse, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { registerCountUp, registerEcho, registerWait, registerWhoami } from './common.ts';
import { shelfOf, type Toolbox, text } from './toolbox.ts';

const READ = 'notes:read';
const WRITE = 'notes:write';
const FIRST_NOTES = ['Welcome to the demo company', 'The kitchen is on the third floor'];
const HANDBOOK = 'Notes are short. Notes are kind. Notes are found again.';
const LONGEST_NOTE_CHARACTERS = 10_000;

/** Tools, one resource and one prompt about short notes; every person has their own. */
export function registerNotesTools(server: McpServer, toolbox: Toolbox): void {
  registerWhoami(server, toolbox, READ);
  registerEcho(server, toolbox, READ);
  registerCountUp(server, toolbox, READ);
  registerWait(server, toolbox, READ);
  registerReading(server, toolbox);
  registerWriting(server, toolbox);
  registerRemoving(server, toolbox);
  registerHandbook(server);
  registerSummary(server);
}

function registerReading(server: McpServer, toolbox: Toolbox): void {
  const reading = { annotations: { readOnlyHint: true }, scopeChallenge: toolbox.needs(READ) };
  server.registerTool('list_notes', { title: 'List notes', description: 'All notes', ...reading }, (context) => {
    toolbox.called(context);
    return text(shelfOf(toolbox, context, FIRST_NOTES).join('\n'));
  });
  const search = {
    title: 'Search notes',
    description: 'The notes that contain some words, whatever their case',
    inputSchema: z.object({ words: z.string().min(1) }),
    ...reading,
  };
  server.registerTool('search_notes', search, ({ words }, context) => {
    toolbox.called(context);
    const wanted = words.toLowerCase();
    const found = shelfOf(toolbox, context, FIRST_NOTES).filter((note) => note.toLowerCase().includes(wanted));
    return text(found.length > 0 ? found.join('\n') : 'No note contains that');
  });
}

function registerWriting(server: McpServer, toolbox: Toolbox): void {
  const config = {
    title: 'Add a note',
    description: 'Keeps a new note',
    inputSchema: z.object({ text: z.string().min(1).max(LONGEST_NOTE_CHARACTERS) }),
    scopeChallenge: toolbox.needs(READ, WRITE),
  };
  server.registerTool('add_note', config, (input, context) => {
    toolbox.called(context);
    const shelf = shelfOf(toolbox, context, FIRST_NOTES);
    shelf.push(input.text);
    return text(`Kept as note ${shelf.length}`);
  });
}

/** `remove_note` asks the person first: a request from the server in the one era, a second round in the other. */
function registerRemoving(server: McpServer, toolbox: Toolbox): void {
  const config = {
    title: 'Remove a note',
    description: 'Removes the note with this number, after asking',
    inputSchema: z.object({ number: z.int().min(1) }),
    annotations: { destructiveHint: true },
    scopeChallenge: toolbox.needs(READ, WRITE),
  };
  const requestedSchema = z.object({ remove: z.boolean() });
  server.registerTool('remove_note', config, ({ number }, context) => {
    const shelf = shelfOf(toolbox, context, FIRST_NOTES);
    const note = shelf[number - 1];
    if (note === undefined) return { ...text(`There is no note ${number}`), isError: true };
    const answer = inputResponse(context.mcpReq.inputResponses, 'answer');
    if (answer.kind === 'missing') {
      const message = `Remove the note "${note}"?`;
      return inputRequired({ inputRequests: { answer: inputRequired.elicit({ message, requestedSchema }) } });
    }
    toolbox.called(context);
    const accepted = acceptedContent(context.mcpReq.inputResponses, 'answer', requestedSchema);
    if (!accepted?.remove) return text('The note stays');
    shelf.splice(number - 1, 1);
    return text(`Removed: ${note}`);
  });
}

function registerHandbook(server: McpServer): void {
  const config = { title: 'Handbook', description: 'How we write notes', mimeType: 'text/plain' };
  server.registerResource('handbook', 'notes://handbook', config, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'text/plain', text: HANDBOOK }],
  }));
}

function registerSummary(server: McpServer): void {
  const config = {
    title: 'Summarise notes',
    description: 'Asks for a summary of the notes about a subject',
    argsSchema: z.object({ subject: z.string() }),
  };
  server.registerPrompt('summarise_notes', config, ({ subject }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Summarise my notes about ${subject}.` } }],
  }));
}
