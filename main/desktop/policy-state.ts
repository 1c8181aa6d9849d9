import { stat } from 'node:fs/promises';
import { PRODUCT } from '../../shared/product.ts';

/** Where companies put their policy; see the policy's room. Windows has no such place yet. */
const MANAGED_FILE = `/etc/${PRODUCT.command}/policy.json`;

/**
 * What tells one policy from another, without reading it: which files there are, and when they were changed.
 *
 * @param agentOptions what the agent is started with; a policy may be among it
 */
export async function policyState(agentOptions: readonly string[], managedFile = MANAGED_FILE): Promise<string> {
  const named = agentOptions[agentOptions.indexOf('--policy') + 1];
  const files = [managedFile, ...(agentOptions.includes('--policy') && named !== undefined ? [named] : [])];
  const states = files.map((file) =>
    stat(file).then(
      ({ ino, size, mode, mtimeMs }) => [file, ino, size, mode, mtimeMs].join(' '),
      () => `${file} is not there`,
    ),
  );
  return [...agentOptions, ...(await Promise.all(states))].join('\n');
}
