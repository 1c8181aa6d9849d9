import { expect } from 'vitest';
import { COUNTER_URI } from '../../company/workshop/changing.ts';
import type { Subject } from './subject.ts';

/** Resource not found: a code of its own up to 2025-11-25, where the SDK's server uses the later one all the same. */
const NOT_FOUND = { legacy: [-32002, -32602], modern: [-32602] } as const;
const TEMPLATE = 'workshop://machines/{machine}';

/** Resources, prompts, completion. */
export const READING = {
  'resources are listed and read': async ({ client, text }: Subject) => {
    const { resources } = await client.listResources();
    expect(resources.find(({ uri }) => uri === COUNTER_URI)).toMatchObject({ name: 'counter', mimeType: 'text/plain' });
    const count = await text('count');
    const { contents } = await client.readResource({ uri: COUNTER_URI });
    expect(contents).toEqual([{ uri: COUNTER_URI, mimeType: 'text/plain', text: count }]);
  },
  'resource templates are listed, and what they stand for is read': async ({ client }: Subject) => {
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ name }) => name)).toContain('machine');
    const uri = 'workshop://machines/lathe';
    expect((await client.readResource({ uri })).contents).toMatchObject([{ uri, text: 'This is the lathe' }]);
  },
  'an unknown resource is an error with its code': async ({ cell, client }: Subject) => {
    const refused = await client.readResource({ uri: 'workshop://attic' }).catch((error: unknown) => error);
    expect(NOT_FOUND[cell.client]).toContain((refused as { readonly code?: unknown }).code);
  },
  'prompts are listed and given with their arguments': async ({ client, shown }: Subject) => {
    const { prompts } = await client.listPrompts();
    const explain = prompts.find(({ name }) => name === shown('explain'));
    expect(explain?.arguments?.map(({ name }) => name)).toEqual(['thing', 'tone']);
    const given = await client.getPrompt({ name: shown('explain'), arguments: { thing: 'lathe', tone: 'dry' } });
    expect(given.messages).toEqual([
      { role: 'user', content: { type: 'text', text: 'Explain the lathe in a dry tone.' } },
    ]);
  },
  'a prompt’s argument is completed': async ({ client, shown }: Subject) => {
    const ref = { type: 'ref/prompt' as const, name: shown('explain') };
    const { completion } = await client.complete({ ref, argument: { name: 'tone', value: 'k' } });
    expect(completion.values).toEqual(['kind', 'keen']);
  },
  'a template’s variable is completed': async ({ client }: Subject) => {
    const { resourceTemplates } = await client.listResourceTemplates();
    const uri = resourceTemplates.find(({ name }) => name === 'machine')?.uriTemplate ?? TEMPLATE;
    const ref = { type: 'ref/resource' as const, uri };
    const { completion } = await client.complete({ ref, argument: { name: 'machine', value: 'la' } });
    expect(completion.values).toEqual(['lathe', 'ladder']);
  },
};
