import type { Problem } from '../../shared/errors.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { WarningIcon } from './icon.tsx';
import { ForAdministrator } from './problem.tsx';

/** What went wrong in the last act, until the person puts it away. */
export function Notice({ problem }: { problem: Problem }) {
  return (
    <section class="notice" aria-label="Problem">
      <WarningIcon />
      <div class="grow">
        <p>{problem.user}</p>
        <ForAdministrator problem={problem} />
      </div>
      <button type="button" class="quiet small" onClick={() => ask('put-away-notice', null)}>
        Dismiss
      </button>
    </section>
  );
}

/** Why the vault cannot be read or written: in sight until that has passed. */
export function VaultNotice({ vault: { status, problem } }: Pick<AgentState, 'vault'>) {
  if (status === 'ready' || !problem) return null;
  return (
    <section class="notice" aria-label={status === 'unsaved' ? 'Changes cannot be saved' : 'Keychain'}>
      <WarningIcon />
      <div class="grow">
        <p>{problem.user}</p>
        <ForAdministrator problem={problem} />
      </div>
    </section>
  );
}

/** Dangerous options in force: always in sight, never to be put away. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <section class="warnings" aria-label="Warnings">
      {warnings.map((warning) => (
        <p key={warning}>
          <WarningIcon />
          <span>{warning}</span>
        </p>
      ))}
    </section>
  );
}
