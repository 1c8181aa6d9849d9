import type { ServerView } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { Copyable } from '../parts/copy.tsx';
import { requestAllText } from './server-turn.ts';

/** Somebody signed in and may use none of the servers: said once, with what to send to whom can change that. */
export function NothingGiven({ servers, person }: { servers: readonly ServerView[]; person: string | undefined }) {
  return (
    <section class="band" aria-labelledby="nothing-given">
      <div class="grow">
        <h2 id="nothing-given" class="band-title">
          Your company has not given you access to any server yet
        </h2>
        <p class="quiet-text">Your administrator decides that. This says all they need:</p>
      </div>
      <div class="acts">
        <button
          type="button"
          class="small"
          onClick={() => {
            for (const { name } of servers) ask('retry', { server: name });
          }}
        >
          Try again
        </button>
      </div>
      <div class="band-more">
        <Copyable text={requestAllText(servers, person)} label="request to your administrator" />
      </div>
    </section>
  );
}
