/** Host names that mean this machine (RFC 6761 section 6.3; URL.hostname keeps the brackets of IPv6). */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Whether a URL may carry credentials: https, or http that never leaves this machine. User names and passwords in
 * a URL are refused. It does not say whether the host is the right one.
 */
export function isSecureUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}
