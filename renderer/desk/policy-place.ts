import { PRODUCT } from '../../shared/product.ts';

/**
 * How the company's policy gets onto this kind of machine, so that an administrator who looks over somebody's shoulder
 * knows at once.
 *
 * @param platform as `navigator.platform` gives it
 */
export function policyPlace(platform: string): { readonly file: string } | { readonly command: string } {
  return /^(Linux|Mac)/.test(platform)
    ? { file: `/etc/${PRODUCT.command}/policy.json` }
    : { command: `${PRODUCT.command} agent --policy FILE` };
}
