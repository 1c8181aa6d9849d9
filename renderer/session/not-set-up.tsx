import type { Demo } from '../../main/desktop/bridge/desk.ts';
import type { Problem } from '../../shared/errors.ts';
import { ask } from '../bridge.ts';
import { policyPlace } from '../desk/policy-place.ts';
import { Mark } from '../parts/icon.tsx';
import { ForAdministrator } from '../parts/problem.tsx';

function TryDemo({ demo }: { demo: Demo }) {
  if (demo === 'not-offered' || demo === 'running') return null;
  return (
    <section class="card try-demo" aria-labelledby="try-demo">
      <div class="grow">
        <h2 id="try-demo" class="band-title">
          Just looking?
        </h2>
        <p class="quiet-text">
          A demo company runs on this computer alone: sign in there, connect your apps, and end it when you like.
        </p>
      </div>
      <button type="button" disabled={demo === 'starting'} onClick={() => ask('start-demo', null)}>
        {demo === 'starting' ? 'Starting the demo company…' : 'Try it with a demo company'}
      </button>
    </section>
  );
}

/** The first run on a machine without a policy: whose turn it is, and what they do. */
export function NotSetUp({ problem, demo }: { problem: Problem; demo: Demo }) {
  const place = policyPlace(navigator.platform);
  return (
    <>
      <section class="hero" aria-labelledby="not-set-up">
        <Mark />
        <h1 id="not-set-up">Lanyard is not set up on this computer</h1>
        <p class="quiet-text">{problem.user}</p>
        <div class="acts">
          <button type="button" class="primary" onClick={() => ask('restart-agent', null)}>
            Look again
          </button>
        </div>
        <ForAdministrator problem={problem} />
      </section>
      <TryDemo demo={demo} />
      <section aria-labelledby="administrator-steps">
        <div class="section-line">
          <h2 id="administrator-steps">What an administrator does</h2>
        </div>
        <ol class="card steps">
          <li>
            <p>
              {'file' in place ? (
                <>
                  Put the company's policy at <code>{place.file}</code>, so that only root can change it.
                </>
              ) : (
                <>
                  Start Lanyard with the company's policy: <code>{place.command}</code>
                </>
              )}
            </p>
          </li>
          <li>
            <p>
              Choose “Look again”. If there is a mistake in the policy, “For your administrator” names it and its place.
            </p>
          </li>
          <li>
            <p>
              Sign in, and check everything with <code>lanyard doctor</code>. From then on, people only sign in.
            </p>
          </li>
        </ol>
      </section>
    </>
  );
}
