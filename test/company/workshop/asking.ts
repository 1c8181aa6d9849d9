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

/** Tools that ask the client: in the legacy era by requests of their own while they work, in the modern one in rounds. */
export function registerAsking(server: McpServer, toolbox: Toolbox, era: ServerEra): void {
  const asking = { description: 'Asks the person for a name', inputSchema: z.object({ message: z.string() }) };
  server.registerTool('ask', asking, async ({ message }, context) => {
    toolbox.called(context);
    const { mcpReq } = context;
    const properties = { name: { type: 'string' as const } };
    const params = { message, requestedSchema: { type: 'object' as const, properties } };
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
  server.registerTool('roots', { description: 'Asks for the client’s roots' }, async (context) => {
    toolbox.called(context);
    const { mcpReq } = context;
    if (era === 'modern') return inRounds(mcpReq, inputRequired.listRoots());
    return text(JSON.stringify(await mcpReq.send({ method: 'roots/list' })));
  });
}
