import { expect } from 'vitest';
import type { Subject } from './subject.ts';

/** What a server asks its client while it works on a call. */
export const ASKING = {
  'a person who is asked may accept': async ({ client, text }: Subject) => {
    const questions: unknown[] = [];
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params);
      return { action: 'accept', content: { name: 'Ada Žluťoučký' } };
    });
    const answer = JSON.parse(await text('ask', { message: 'Who are you?' }));
    expect(answer).toMatchObject({ action: 'accept', content: { name: 'Ada Žluťoučký' } });
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } };
    expect(questions).toMatchObject([{ message: 'Who are you?', requestedSchema }]);
  },
  'a person who is asked may decline': async ({ client, text }: Subject) => {
    client.setRequestHandler('elicitation/create', () => ({ action: 'decline' }));
    expect(JSON.parse(await text('ask', { message: 'Really?' }))).toMatchObject({ action: 'decline' });
  },
  'the client’s model is asked': async ({ client, text }: Subject) => {
    const prompts: unknown[] = [];
    client.setRequestHandler('sampling/createMessage', ({ params }) => {
      prompts.push(params);
      return { model: 'tiny', role: 'assistant', content: { type: 'text', text: 'Oak, I think.' } };
    });
    const answer = JSON.parse(await text('sample', { prompt: 'Which wood?' }));
    expect(answer).toMatchObject({ model: 'tiny', content: { text: 'Oak, I think.' } });
    const message = { role: 'user', content: { type: 'text', text: 'Which wood?' } };
    expect(prompts).toMatchObject([{ messages: [message], maxTokens: 100 }]);
  },
  'the client’s roots are asked for': async ({ client, text }: Subject) => {
    const roots = [{ uri: 'file:///home/alice/bench', name: 'Bench' }];
    client.setRequestHandler('roots/list', () => ({ roots }));
    expect(JSON.parse(await text('roots'))).toMatchObject({ roots });
  },
};
