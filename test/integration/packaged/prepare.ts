import { packageApp } from '../../../build/package.ts';

/** Makes what these tests look at; when nothing has changed since, that takes under a second. */
export async function setup(): Promise<void> {
  await packageApp();
}
