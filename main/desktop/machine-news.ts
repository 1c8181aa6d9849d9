import type { NetworkInterfaceInfo } from 'node:os';
import type { NetworkEvent, PowerEvent } from '../../shared/local-api.ts';

/** The same power event again within this time says nothing new: waking and unlocking come together, in ms. */
const POWER_QUIET_MS = 5_000;

/** The network at one look. */
export interface NetworkSight {
  readonly online: boolean;
  /** Where we are: every address that leads off the machine and its link; empty without a network. */
  readonly place: string;
}

/** What is known of the network between two looks. */
export interface NetworkKnown {
  readonly seen: NetworkSight;
  /** What two looks in a row agreed on last. */
  readonly settled?: NetworkSight;
}

/** What the system said last, and when on a clock that never goes back, in ms. */
export interface PowerKnown extends PowerEvent {
  readonly at: number;
}

const isSame = (one: NetworkSight | undefined, other: NetworkSight): boolean =>
  one?.online === other.online && one.place === other.place;

// Addresses of the link alone come and go with every container and lead to no server.
const isOfLinkAlone = (address: string): boolean => /^(?:fe[89ab][0-9a-f]:|169\.254\.)/i.test(address);

/** What one look shows. */
export function networkSight(online: boolean, interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]>): NetworkSight {
  if (!online) return { online, place: '' };
  const leading = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !isOfLinkAlone(address));
  return {
    online,
    place: leading
      .map(({ address }) => address)
      .sort()
      .join(' '),
  };
}

/**
 * What a look at the network means. Only what two looks in a row agree on is reported, since addresses arrive one by
 * one. Another place counts as coming back: the connections of the old one are dead. What is found at first is no
 * news, since the agent would take it for a change.
 */
export function judgeNetwork(
  known: NetworkKnown | undefined,
  sight: NetworkSight,
): { readonly known: NetworkKnown; readonly report?: NetworkEvent } {
  if (!isSame(known?.seen, sight)) return { known: { ...known, seen: sight } };
  const now = { seen: sight, settled: sight };
  if (!known?.settled || isSame(known.settled, sight)) return { known: now };
  return { known: now, report: { online: sight.online } };
}

/** Whether a power event is news. */
export function isPowerNews(known: PowerKnown | undefined, { event, at }: PowerKnown): boolean {
  return known === undefined || known.event !== event || at - known.at >= POWER_QUIET_MS;
}
