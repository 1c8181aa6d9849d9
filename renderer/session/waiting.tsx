import type { SignInView } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { StatusIcon } from '../parts/icon.tsx';
import { lengthText } from '../times.ts';

/** A sign-in under way: what to do in the browser, and the two ways on. The view below it stays as it is. */
export function Waiting({ signIn, now, title: Title }: { signIn: SignInView; now: number; title: 'h1' | 'h2' }) {
  const device = signIn.userCode !== undefined;
  return (
    <section class="band band-waiting" aria-labelledby="waiting">
      <StatusIcon status="connecting" />
      <div class="grow">
        <Title id="waiting" class="band-title">
          {device ? 'Enter this code on the sign-in page' : 'Finish signing in in your browser'}
        </Title>
        {device && <output class="code">{signIn.userCode}</output>}
        {device && (
          <p>
            <code class="address">{signIn.url}</code>
          </p>
        )}
        <p class="quiet-text">
          {device
            ? 'In any browser, on this or another device.'
            : 'Lanyard continues by itself as soon as you are done.'}
          {signIn.expiresAt > now && ` Time left: ${lengthText(signIn.expiresAt - now)}.`}
        </p>
      </div>
      <div class="acts">
        <button type="button" class="primary" onClick={() => ask('open-sign-in-page', null)}>
          {device ? 'Open the page here' : 'Open the page again'}
        </button>
        <button type="button" onClick={() => ask('cancel-sign-in', null)}>
          Cancel
        </button>
      </div>
    </section>
  );
}
