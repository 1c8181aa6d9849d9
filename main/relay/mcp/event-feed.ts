import type { EventSourceParser } from 'eventsource-parser';

/**
 * Feeds a parser text as it comes. The parser keeps a CR at the end back, since a LF may follow; but a CR alone ends a
 * line too (HTML Living Standard section 9.2.6), and the event that it ends is not to wait for the next one.
 */
export function createEventFeed({ feed }: Pick<EventSourceParser, 'feed'>): (text: string) => void {
  let isAfterCr = false;
  return (text) => {
    if (text === '') return;
    const rest = isAfterCr && text.startsWith('\n') ? text.slice(1) : text;
    isAfterCr = rest.endsWith('\r');
    if (rest !== '') feed(isAfterCr ? `${rest}\n` : rest);
  };
}
