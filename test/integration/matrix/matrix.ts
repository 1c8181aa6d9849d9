import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServerEras } from '../../company/server/eras.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { cellsOf, connectCell, WORKSHOP } from './cells.ts';
import { exceptionOf } from './exceptions.ts';
import { createSubject } from './subject.ts';

/** How long something that cannot cross is waited for, in ms; all else is waited for as long as a test may last. */
const IMPATIENCE_MS = 600;

/** Writes the tests of every client, over every route, with a server of these eras. */
export function testMatrix(server: ServerEras): void {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await startFixture({ company: { workshop: true, eras: { [WORKSHOP]: server } } });
    await fixture.signIn('alice');
  });
  afterAll(() => fixture.close());

  describe.each(cellsOf(server))('a $client client and a server of eras "$server", $route', (cell) => {
    let client: Client;
    beforeAll(async () => {
      client = await connectCell(cell, fixture);
    });
    afterAll(() => client.close());

    test.each(Object.entries(BEHAVIOURS))('%s', async (name, behave) => {
      const exception = exceptionOf(name, cell);
      if (!exception) return behave(createSubject(cell, client, fixture, new AbortController().signal));
      const patience = AbortSignal.timeout(IMPATIENCE_MS);
      const behaving = behave(createSubject(cell, client, fixture, patience));
      await expect(behaving, `This crosses after all: ${exception.reason}`).rejects.toThrow();
    });
  });
}
