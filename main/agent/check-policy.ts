import { isDeepStrictEqual } from 'node:util';
import { problemOf } from '../../shared/errors.ts';
import type { Check } from '../../shared/local-api.ts';
import type { Policy } from '../../shared/policy.ts';
import { type LoadedPolicy, loadPolicy, readPolicy } from '../policy/load.ts';

function inWords(place: string, { servers }: Policy): string {
  return `${place}, ${servers.length} ${servers.length === 1 ? 'server' : 'servers'}.`;
}

/**
 * What there is to say of the policy that an agent would start with, or of a file that is to become one.
 *
 * @param file looked at in place of the policy of this computer, whoever may write it.
 * @throws {LanyardError} what would keep an agent from starting with it.
 */
export async function checkPolicy(file?: string): Promise<string> {
  if (file !== undefined) return inWords(file, await readPolicy(file));
  const loaded = await loadPolicy({});
  return inWords(`${loaded.file} (${loaded.source})`, loaded.policy);
}

/** How the policy's file stands now to what the agent read of it when it started. */
export async function checkLoadedPolicy({ policy, file, source }: LoadedPolicy): Promise<Check> {
  const name = 'policy';
  try {
    if (isDeepStrictEqual(await readPolicy(file), policy))
      return { name, outcome: 'ok', detail: inWords(`${file} (${source})`, policy) };
    return {
      name,
      outcome: 'warning',
      detail: `${file} has changed since the agent started; what it says now counts from the next start.`,
    };
  } catch (error) {
    return {
      name,
      outcome: 'failed',
      detail: problemOf(error).administrator,
      advice: 'The agent goes on with what it read before, but cannot start again with this file.',
    };
  }
}
