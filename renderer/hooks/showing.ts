import { useEffect, useRef, useState } from 'preact/hooks';
import type { Showing } from '../../main/desktop/bridge/face.ts';
import { announcement } from '../announcement.ts';

/** The newest showing, beginning with `first`. */
export function useShowing(first: Showing): Showing {
  const [showing, setShowing] = useState(first);
  useEffect(() => {
    const end = window.lanyard.onShowing(setShowing);
    // One may have come between the first answer and now.
    void window.lanyard.invoke('showing', null).then(setShowing);
    return end;
  }, []);
  return showing;
}

/** What a screen reader should say about the last change; nothing at first, since the page itself is read then. */
export function useAnnouncement({ face, notice }: Showing): string {
  const before = useRef(face);
  const [text, setText] = useState('');
  useEffect(() => {
    const said = announcement(before.current, face);
    before.current = face;
    if (said !== '') setText(said);
  }, [face]);
  useEffect(() => {
    if (notice) setText(notice.user);
  }, [notice]);
  return text;
}
