import { completable, type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ServerEra } from '../server/eras.ts';
import { acceptSubscriptions } from '../server/subscriptions.ts';
import { type Benches, COUNTER_URI, onlyWhileLonger } from './changing.ts';

const MACHINES = ['lathe', 'ladder', 'drill'] as const;
const TONES = ['kind', 'keen', 'dry'] as const;

const beginningWith = (values: readonly string[], begun: string) => values.filter((value) => value.startsWith(begun));

/** Resources, a template and a prompt, both with completion, and what is there only at times. */
export function registerParts(server: McpServer, benches: Benches, era: ServerEra): void {
  const plain = { mimeType: 'text/plain' };
  server.registerResource('counter', COUNTER_URI, { ...plain, description: 'How far it has counted' }, (uri) => ({
    contents: [{ uri: uri.href, ...plain, text: String(benches.count) }],
  }));
  const template = new ResourceTemplate('workshop://machines/{machine}', {
    list: undefined,
    complete: { machine: (begun) => beginningWith(MACHINES, begun) },
  });
  server.registerResource('machine', template, { ...plain, description: 'One machine' }, (uri, { machine }) => ({
    contents: [{ uri: uri.href, ...plain, text: `This is the ${machine}` }],
  }));
  const tone = completable(z.string(), (begun) => beginningWith(TONES, begun));
  const explaining = { description: 'Asks how a thing works', argsSchema: z.object({ thing: z.string(), tone }) };
  server.registerPrompt('explain', explaining, ({ thing, tone: asked }) => ({
    description: 'One question',
    messages: [{ role: 'user', content: { type: 'text', text: `Explain the ${thing} in a ${asked} tone.` } }],
  }));
  const sparePrompt = server.registerPrompt('spare_prompt', { description: 'Comes and goes' }, () => ({
    messages: [],
  }));
  onlyWhileLonger(sparePrompt, () => benches.longer.has('prompts'));
  const spareResource = server.registerResource('spare', 'workshop://spare', plain, () => ({ contents: [] }));
  onlyWhileLonger(spareResource, () => benches.longer.has('resources'));
  if (era === 'legacy') acceptSubscriptions(server);
}
