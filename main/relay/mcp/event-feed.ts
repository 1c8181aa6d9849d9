import type { EventSourceParser } from 'eventsource-parser';

/**
 * Feeds a parser text as it comes, with LF as the only end of lines. CR, and CR LF however it is cut, end a line too
 * (HTML Living Standard section 9.2.6), but the parser keeps a CR at the end back, since a LF may follow, and with it
 * the event that it ends; and where there is a CR it searches the whole rest for each line, so that 64 KB of short lines
 * would hold everybody up for a third of a second.
 */
export function createEventFeed({ feed }: Pick<EventSourceParser, 'feed'>): (text: string) => void {
  let isAfterCr = false;
  return (text) => {
    if (text === '') return;
    const rest = isAfterCr && text.startsWith('\n') ? text.slice(1) : text;
    isAfterCr = rest.endsWith('\r');
    if (rest !== '') feed(rest.includes('\r') ? rest.replaceAll(/\r\n?/g, '\n') : rest);
  };
}
