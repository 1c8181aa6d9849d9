import { useEffect, useState } from 'preact/hooks';
import { VIEWS, type View } from '../../main/desktop/bridge/views.ts';
import { viewOfKey } from '../view-keys.ts';

/**
 * The view that is shown. It changes by a click, by Ctrl or Cmd with 1, 2, 3, and when somebody asks for a view outside
 * of the window; never because of a sign-in.
 */
export function useView(): readonly [View, (view: View) => void] {
  const [view, setView] = useState<View>(VIEWS[0]);
  useEffect(() => window.lanyard.onGoTo(setView), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const asked = viewOfKey(event);
      if (!asked) return;
      event.preventDefault();
      setView(asked);
      // Where the focus was may be gone with the old view; a keyboard user must not lose their place.
      document.getElementById(`go-to-${asked}`)?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return [view, setView];
}
