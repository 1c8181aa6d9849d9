import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { LanyardError } from '../../shared/errors.ts';
import { isLoopbackHost } from '../../shared/urls.ts';

// Addresses that no approved service has, on which other things of the machine or its cloud listen. Private ranges
// are not among them: a company may well run its servers there.
const neverPublic = new BlockList();
neverPublic.addSubnet('0.0.0.0', 8);
neverPublic.addSubnet('169.254.0.0', 16); // link-local, and the metadata service of clouds
neverPublic.addSubnet('224.0.0.0', 3); // multicast and reserved
neverPublic.addAddress('::', 'ipv6');
neverPublic.addSubnet('fe80::', 10, 'ipv6');
neverPublic.addSubnet('ff00::', 8, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

function refused(detail: string): LanyardError {
  return new LanyardError({
    code: 'address-refused',
    user: 'A company service pointed Lanyard at an address it does not connect to. Tell your administrator.',
    administrator: `Refused to connect: ${detail}.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/** Whether a name that is not this machine's own may lead to `address`. */
export function isPublicEnough(address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return !neverPublic.check(address, family) && !loopback.check(address, family);
}

/**
 * Checks an address that another party named (server metadata names the AS, the AS its token endpoint): a service
 * out there must not send us, with our credentials, to this machine's own ports.
 *
 * What it does not solve: names are resolved later; {@link guardedLookup} checks the outcome.
 *
 * @throws {LanyardError} `address-refused`.
 */
export function assertMayLead(from: URL, to: URL): void {
  if (to.username || to.password) throw refused(`${to.host} comes with a user name in its address`);
  const local = isLoopbackHost(to.hostname);
  if (to.protocol !== 'https:' && !(to.protocol === 'http:' && local))
    throw refused(`${from.host} names ${to.host}, which is not https`);
  if (local && !isLoopbackHost(from.hostname)) throw refused(`${from.host} names this machine (${to.host})`);
  const literal = to.hostname.replace(/^\[|\]$/g, '');
  if (!local && isIP(literal) && !isPublicEnough(literal)) throw refused(`${from.host} names ${to.host}`);
}

/** A DNS look-up that drops addresses no service can have; a public name that means this machine is an attack. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return callback(error, '', 0);
    const usable = isLoopbackHost(hostname) ? found : found.filter(({ address }) => isPublicEnough(address));
    const first = usable[0];
    if (!first) return callback(refused(`${hostname} resolves to an address of this machine or link`), '', 0);
    if (options.all) (callback as (error: null, addresses: LookupAddress[]) => void)(null, usable);
    else callback(null, first.address, first.family);
  });
};
