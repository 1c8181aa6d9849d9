import {
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ServerEra } from '../server/eras.ts';
import { type Toolbox, text } from '../tools/toolbox.ts';

type McpRequest = ServerContext['mcpReq'];

const ANSWER = 'answer';
const SAMPLED_TOKENS = 100;

/** The modern way: asking ends the round, and the next one brings the answer. */
function inRounds({ inputResponses }: McpRequest, asked: InputRequests[string]) {
  const view = inputResponse(inputResponses, ANSWER);
  if (view.kind === 'missing') return inputRequired({ inputRequests: { [ANSWER]: asked } });
  return text(JSON.stringify(inputResponses?.[ANSWER]));
}

const FORM = { type: 'object' as const, properties: { name: { type: 'string' as const } } };

/** Tools that ask the client: in the legacy era by requests of their own while they work, in the modern one in rounds. */
export function registerAsking(server: McpServer, toolbox: Toolbox, era: ServerEra): void {
  const asking = { description: 'Asks the person for a name', inputSchema: z.object({ message: z.string() }) };
  server.registerTool('ask', asking, async ({ message }, context) => {
    toolbox.called(context);
    const { mcpReq } = context;
    const params = { message, requestedSchema: FORM };
    if (era === 'modern') return inRounds(mcpReq, inputRequired.elicit(params));
    return text(JSON.stringify(await mcpReq.elicitInput(params, { relatedRequestId: mcpReq.id })));
  });
  const sampling = { description: 'Asks the client’s model', inputSchema: z.object({ prompt: z.string() }) };
  server.registerTool('sample', sampling, async ({ prompt }, context) => {
    toolbox.called(context);
    const { mcpReq } = context;
    const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
    const params = { messages, maxTokens: SAMPLED_TOKENS };
    if (era === 'modern') return inRounds(mcpReq, inputRequired.createMessage(params));
    return text(JSON.stringify(await mcpReq.requestSampling(params, { relatedRequestId: mcpReq.id })));
  });
  server.registerTool('ask_two', { description: 'Asks the person and for the roots, at once' }, async (context) => {
    toolbox.called(context);
    const { mcpReq } = context;
    const params = { message: 'And who are you?', requestedSchema: FORM };
    if (era === 'legacy') {
      const person = mcpReq.elicitInput(params, { relatedRequestId: mcpReq.id });
      const roots = mcpReq.send({ method: 'roots/list' });
      return text(JSON.stringify({ person: await person, roots: await roots }));
    }
    if (inputResponse(mcpReq.inputResponses, 'person').kind !== 'missing')
      return text(JSON.stringify(mcpReq.inputResponses));
    const inputRequests = { person: inputRequired.elicit(params), roots: inputRequired.listRoots() };
    return inputRequired({ inputRequests });
  });
  server.registerPrompt('asking_prompt', { description: 'Asks the person before it is given' }, async ({ mcpReq }) => {
    const params = { message: 'In which words?', requestedSchema: FORM };
    const given = (answer: unknown) => ({
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text: JSON.stringify(answer) } }],
    });
    if (era === 'legacy') return given(await mcpReq.elicitInput(params, { relatedRequestId: mcpReq.id }));
    const isAsked = inputResponse(mcpReq.inputResponses, ANSWER).kind !== 'missing';
    return isAsked
      ? given(mcpReq.inputResponses?.[ANSWER])
      : inputRequired({ inputRequests: { [ANSWER]: inputRequired.elicit(params) } });
  });
  server.registerTool('roots', { description: 'Asks for the client’s roots' }, async (context) => {
    toolbox.called(context);
    const { mcpReq } = context;
    if (era === 'modern') return inRounds(mcpReq, inputRequired.listRoots());
    return text(JSON.stringify(await mcpReq.send({ method: 'roots/list' })));
  });
}
