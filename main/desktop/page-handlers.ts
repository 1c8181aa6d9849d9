import type { Acts } from './acts.ts';
import type { Showing } from './bridge/face.ts';
import type { Handlers } from './ipc.ts';
import type { SignInOrigin } from './sign-in-origin.ts';

/** What the page's requests are answered with: the acts, and that a sign-in was started in the window. */
export function pageHandlers(does: Acts, showing: () => Showing, origin: SignInOrigin): Handlers {
  return {
    ...does,
    showing,
    'sign-in': (payload) => {
      origin.started('window');
      return does['sign-in'](payload);
    },
    'open-sign-in-page': (payload) => {
      origin.started('window');
      return does['open-sign-in-page'](payload);
    },
  };
}
