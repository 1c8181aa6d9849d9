import type { Face } from '../../main/desktop/bridge/face.ts';
import { ask } from '../bridge.ts';
import { StatusIcon, WarningIcon } from './icon.tsx';
import { ForAdministrator } from './problem.tsx';

/** The agent does not answer: why, what happens by itself, and the way on. */
export function NoAgent({ face }: { face: Exclude<Face, { link: 'connected' }> }) {
  if (face.link === 'starting')
    return (
      <section class="hero" aria-labelledby="starting">
        <StatusIcon status="connecting" />
        <h1 id="starting">Starting Lanyard…</h1>
      </section>
    );
  return (
    <section class="hero" aria-labelledby="no-agent">
      <WarningIcon />
      <h1 id="no-agent">
        {face.problem.code === 'not-set-up'
          ? 'Lanyard is not set up on this computer'
          : "Lanyard's agent is not running"}
      </h1>
      <p class="quiet-text">{face.problem.user}</p>
      {face.trying && face.problem.code !== 'not-set-up' && <p class="quiet-text">Lanyard is starting it again.</p>}
      <div class="acts">
        <button type="button" class="primary" onClick={() => ask('restart-agent', null)}>
          {face.problem.code === 'not-set-up' ? 'Look again' : 'Start it again'}
        </button>
      </div>
      <ForAdministrator problem={face.problem} />
    </section>
  );
}
