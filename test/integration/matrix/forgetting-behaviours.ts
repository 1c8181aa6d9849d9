import { expect } from 'vitest';
import { COUNTER_URI } from '../../company/workshop/changing.ts';
import type { Subject } from './subject.ts';

/** What goes on although the server has forgotten every MCP session, as after a restart. To be run last. */
export const FORGETTING = {
  'a subscription outlives the server’s MCP sessions': async ({
    cell,
    client,
    text,
    until,
    listening,
    forgetMcpSessions,
  }: Subject) => {
    let heard = 0;
    client.setNotificationHandler('notifications/resources/updated', () => {
      heard += 1;
    });
    if (cell.client === 'legacy') await client.subscribeResource({ uri: COUNTER_URI });
    await listening({ resourceSubscriptions: [COUNTER_URI] }, async () => {
      // Again and again, since the stream may still be opening.
      const hearsMore = async () => {
        const before = heard;
        await until(async () => {
          await text('count');
          return heard > before;
        });
      };
      await hearsMore();
      await forgetMcpSessions();
      await hearsMore();
    });
    client.removeNotificationHandler('notifications/resources/updated');
  },
  'a call works after the server has forgotten its MCP sessions': async ({ text, forgetMcpSessions }: Subject) => {
    await forgetMcpSessions();
    expect(await text('echo', { text: 'still here' })).toBe('still here');
  },
};
