import { ipcMain } from 'electron';
import { type Channel, type Invocations, wireName } from './bridge/channels.ts';
import { payloadSchemas } from './ipc-schemas.ts';
import type { TrustedSenders } from './trusted-senders.ts';

/** One answer per channel. */
export type Handlers = {
  readonly [C in Channel]: (
    payload: Invocations[C]['payload'],
  ) => Promise<Invocations[C]['answer']> | Invocations[C]['answer'];
};

/** Answers the page: only ours, and only payloads of the agreed shape. The one place that touches `ipcMain`. */
export function serveIpc(handlers: Handlers, senders: TrustedSenders): void {
  const serve = <C extends Channel>(channel: C) => {
    ipcMain.handle(wireName(channel), async (event, payload: unknown) => {
      const frame = event.senderFrame;
      const sender = {
        webContentsId: event.sender.id,
        frameAddress: frame?.url,
        isMainFrame: frame !== null && frame.parent === null,
      };
      if (!senders.trusts(sender)) throw new Error('Refused: not from the window of this app');
      const parsed = payloadSchemas[channel].safeParse(payload);
      if (!parsed.success) throw new Error('Refused: not what this channel takes');
      return handlers[channel](parsed.data);
    });
  };
  for (const channel of Object.keys(payloadSchemas) as Channel[]) serve(channel);
}
