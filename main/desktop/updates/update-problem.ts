import type { Problem } from '../../../shared/errors.ts';

/** electron-updater writes whole stacks and answers into its messages; the first line says it. Characters. */
const LONGEST_DETAIL = 300;

/** Codes of electron-updater for a file that is not what was published. */
const NOT_GENUINE = /CHECKSUM_MISMATCH|INVALID_SIGNATURE|NO_CHECKSUM/;

function detailOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n', 1)[0] ?? '').slice(0, LONGEST_DETAIL);
}

/** What to say of a look or a download that failed. */
export function updateProblem(error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NOT_GENUINE.test(code) || /not signed by the application owner/i.test(detailOf(error)))
    return {
      code: 'update-not-genuine',
      user: 'An update was thrown away: it is not what the makers of Lanyard published. Tell your administrator.',
      administrator: `The update does not have the checksum or signature that it should (${detailOf(error)}).`,
    };
  return {
    code: 'update-failed',
    user: 'Lanyard could not get updates. It tries again by itself; what you have goes on working.',
    administrator: `The update feed in app-update.yml could not be used: ${detailOf(error)}`,
  };
}
