import type { Problem } from '../../shared/errors.ts';

/** The administrator's sentence, folded away: exact, and not for everybody. */
export function ForAdministrator({ problem }: { problem: Problem }) {
  if (problem.administrator === '' || problem.administrator === problem.user) return null;
  return (
    <details class="administrator">
      <summary>For your administrator</summary>
      <p>{problem.administrator}</p>
      <p>
        <code>{problem.code}</code>
      </p>
    </details>
  );
}
