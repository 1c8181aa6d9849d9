import { isOurPage } from './page-address.ts';

/** What is known about who sent an IPC message. */
export interface Sender {
  readonly webContentsId: number;
  /** Address of the frame; `undefined` when it is gone already. */
  readonly frameAddress: string | undefined;
  readonly isMainFrame: boolean;
}

/** The windows we opened ourselves, by WebContents id. */
export interface TrustedSenders {
  add(webContentsId: number): void;
  remove(webContentsId: number): void;
  /** Those that are there now. */
  ids(): readonly number[];
  /** Whether it is the main frame of one of our windows and still shows our page. */
  trusts(sender: Sender): boolean;
}

/** A new, empty set of trusted windows. */
export function trustedSenders(): TrustedSenders {
  const ids = new Set<number>();
  return {
    add: (id) => void ids.add(id),
    remove: (id) => void ids.delete(id),
    ids: () => [...ids],
    trusts: ({ webContentsId, frameAddress, isMainFrame }) =>
      ids.has(webContentsId) && isMainFrame && frameAddress !== undefined && isOurPage(frameAddress),
  };
}
