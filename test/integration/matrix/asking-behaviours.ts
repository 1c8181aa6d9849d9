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
  'two questions of one call are both answered': async ({ client, text }: Subject) => {
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
    const roots = [{ uri: 'file:///home/alice/shed' }];
    client.setRequestHandler('roots/list', () => ({ roots }));
    const answers = JSON.parse(await text('ask_two'));
    expect(answers).toMatchObject({ person: { action: 'accept', content: { name: 'Ada' } }, roots: { roots } });
  },
  'a prompt may ask too': async ({ client, shown }: Subject) => {
    client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
    const { messages } = await client.getPrompt({ name: shown('asking_prompt') });
    expect(JSON.stringify(messages)).toContain('Ada');
  },
  'a server asks while no call is under way': async ({ client, text, until }: Subject) => {
    const roots = [{ uri: 'file:///home/alice/later' }];
    let isAsked = false;
    client.setRequestHandler('roots/list', () => {
      isAsked = true;
      return { roots };
    });
    await text('ask_later');
    // Nothing is called meanwhile: a question that comes then would count as that call's.
    await until(() => isAsked);
    await until(async () => (await text('asked_later')) !== 'null');
    expect(JSON.parse(await text('asked_later'))).toMatchObject({ roots });
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
