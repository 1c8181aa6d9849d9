import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts what the operating system trusts, besides Node's own list: companies that inspect TLS put their authority
 * there. For this thread, before its first connection. There is no switch that turns checking off, and what the
 * environment adds (NODE_EXTRA_CA_CERTS) does not count: a client starts us with an environment of its choosing.
 */
export function trustSystemStore(): void {
  setDefaultCACertificates([...new Set([...getCACertificates('bundled'), ...getCACertificates('system')])]);
}
