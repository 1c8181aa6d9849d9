/**
 * After waking or a change of network: for so long a network that is not there yet is waited for, in ms, with such a
 * pause between tries. Wi-Fi and VPN take one to five seconds.
 */
export const GAP_MS = 6_000;
export const GAP_PAUSE_MS = 250;

/**
 * Whether an error says that nobody was reached at all. Only that is tried again so soon: a service that answers, be it
 * with a fault, would get every machine of a company at once.
 */
export function isNetworkFault({ code }: { readonly code: string }): boolean {
  return code.startsWith('network-');
}
