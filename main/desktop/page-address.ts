/** Our own scheme: the page gets neither the powers of file: nor a port on loopback. */
export const PAGE_SCHEME = 'lanyard-app';
/** The one page there is. */
export const PAGE_URL = `${PAGE_SCHEME}://window/index.html`;

/** Whether an address is our page. A fragment is allowed, since links within the page make one. */
export function isOurPage(address: string): boolean {
  const [page] = address.split('#', 1);
  return page === PAGE_URL;
}
