import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** The nonces of one party (RFC 9449 section 8): one is good at a time. */
export interface DpopNonces {
  /** The nonce that a proof must carry at this moment. */
  current(): string;
  /** Makes the next nonce the good one. */
  rotate(): void;
}

/** How long a nonce is good by the company's clock. */
export const NONCE_SECONDS = 300;

const NONCE_BYTES = 16;

/** Nonces that change by themselves every NONCE_SECONDS. */
export function createDpopNonces(clock: Clock): DpopNonces {
  let nonce = newNonce();
  let since = clock();
  const rotate = () => {
    nonce = newNonce();
    since = clock();
  };
  return {
    current: () => {
      if (clock() - since >= NONCE_SECONDS * 1000) rotate();
      return nonce;
    },
    rotate,
  };
}

function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}
