import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts what the operating system trusts, besides Node's own list: companies that inspect TLS put their authority
 * there. For this thread, before its first connection. There is no switch that turns checking off.
 */
export function trustSystemStore(): void {
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system')])]);
}
