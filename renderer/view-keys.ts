import { VIEWS, type View } from '../main/desktop/bridge/views.ts';

/** What matters of a key press. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** The view that Ctrl or Cmd with 1, 2 or 3 stands for; `undefined` for any other key. */
export function viewOfKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): View | undefined {
  if (ctrlKey === metaKey || altKey || shiftKey || !/^[1-9]$/.test(key)) return undefined;
  return VIEWS[Number(key) - 1];
}
