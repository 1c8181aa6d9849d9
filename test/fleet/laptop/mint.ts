import { answerFault } from '../../../main/egress/faults.ts';
import type { KeeperContext } from '../../../main/grant/keeper.ts';
import type { SessionOwner } from '../../../main/identity/session-owner.ts';
import { HOUR_MS } from '../world/durations.ts';
import { AS_HOST, IDP_HOST, type Requests } from './requests.ts';

/** What the AS gives an access token, in ms. */
export const TOKEN_LIFE_MS = HOUR_MS;

/** What a modelled mint works with. */
export interface MintModelContext {
  readonly server: string;
  readonly session: Pick<SessionOwner, 'fresh'>;
  readonly requests: Requests;
  readonly clock: () => number;
  /** See `MintOptions.onIdJag`. */
  readonly onIdJag: () => void;
}

const NO_HEADERS = new Headers();

/** The two legs of a mint without what is in them: a subject token, a token exchange at the IdP, a redemption at the AS. */
export function mintModel({ server, session, requests, clock, onIdJag }: MintModelContext): KeeperContext['mint'] {
  let minted = 0;
  return async (_extraScopes, signal, onSpent) => {
    const subject = await session.fresh();
    const status = await requests.toIdp('exchange');
    if (status !== 200) throw answerFault(IDP_HOST, { status, headers: NO_HEADERS }, clock());
    onIdJag();
    onSpent();
    await requests.toAs();
    signal.throwIfAborted();
    minted += 1;
    return {
      subject: subject.session.subject,
      accessToken: `${server}-${minted}`,
      tokenType: 'Bearer',
      mintedAt: clock(),
      expiresAt: clock() + TOKEN_LIFE_MS,
      resource: `https://${server}.example.com/mcp`,
      authorizationServer: `https://${AS_HOST}`,
    };
  };
}
