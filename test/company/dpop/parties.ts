import type { Settings } from '../options.ts';
import { createDpopParty, type DpopDemand, type DpopParty } from './party.ts';

/** Which parties demand or understand DPoP; who is not named knows nothing of it. */
export interface DpopOptions {
  /** At its token endpoint, for every grant. Refresh tokens of public clients are bound to the key (RFC 9449 section 5). */
  readonly idp?: DpopDemand;
  /** Each stands for a server together with its authorization server. */
  readonly servers?: Readonly<Record<string, DpopDemand>>;
}

/** Name of the IdP where options name parties; servers go by their own. */
export const IDP = 'idp';

/** All who receive proofs. */
export interface DpopParties {
  /** The one who issues tokens under this name: `idp`, or the authorization server of a server. */
  addIssuer(name: string): DpopParty;
  /** The protected server of this name. It never ignores a proof: that would only make it refuse bound tokens. */
  addServer(name: string): DpopParty;
  /** From now on the issuer of this name ignores proofs, or no longer does. */
  ignore(name: string, isIgnored: boolean): void;
  rotateNonces(): void;
}

/** No parties yet. */
export function createDpopParties(settings: Settings): DpopParties {
  const ignoring = new Set(settings.dpopIgnored);
  const parties: DpopParty[] = [];
  const add = (name: string, isIgnoring: () => boolean) => {
    const demand = name === IDP ? settings.dpop.idp : settings.dpop.servers?.[name];
    const needsNonce = settings.dpopNonce.includes(name);
    const party = createDpopParty({ demand, needsNonce, isIgnoring, clock: settings.clock });
    parties.push(party);
    return party;
  };
  return {
    addIssuer: (name) => add(name, () => ignoring.has(name)),
    addServer: (name) => add(name, () => false),
    ignore: (name, isIgnored) => void (isIgnored ? ignoring.add(name) : ignoring.delete(name)),
    rotateNonces: () => {
      for (const party of parties) party.rotateNonce();
    },
  };
}
