import type { Demo } from '../../main/desktop/bridge/desk.ts';
import type { Face } from '../../main/desktop/bridge/face.ts';
import { ask } from '../bridge.ts';
import { StatusIcon, WarningIcon } from '../parts/icon.tsx';
import { ForAdministrator } from '../parts/problem.tsx';
import { NotSetUp } from './not-set-up.tsx';

/** The agent does not answer: why, what happens by itself, and the way on. */
export function NoAgent({ face, demo }: { face: Exclude<Face, { link: 'connected' }>; demo: Demo }) {
  if (face.link === 'starting')
    return (
      <section class="hero" aria-labelledby="starting">
        <StatusIcon status="connecting" />
        <h1 id="starting">Starting Lanyard…</h1>
      </section>
    );
  if (face.problem.code === 'not-set-up') return <NotSetUp problem={face.problem} demo={demo} />;
  return (
    <section class="hero" aria-labelledby="no-agent">
      <WarningIcon />
      <h1 id="no-agent">Lanyard's agent is not running</h1>
      <p class="quiet-text">{face.problem.user}</p>
      {face.trying && <p class="quiet-text">Lanyard is starting it again.</p>}
      <div class="acts">
        <button type="button" class="primary" onClick={() => ask('restart-agent', null)}>
          Start it again
        </button>
      </div>
      <ForAdministrator problem={face.problem} />
    </section>
  );
}
