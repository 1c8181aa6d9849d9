import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { type Bridge, GO_TO_EVENT, JOURNAL_EVENT, SHOWING_EVENT, wireName } from './bridge/channels.ts';
import type { View } from './bridge/views.ts';

// Runs sandboxed, before the page. It passes messages on and decides nothing: the main process checks each one.
function on<T>(event: string, listener: (value: T) => void): () => void {
  const onMessage = (_event: IpcRendererEvent, value: T) => listener(value);
  ipcRenderer.on(event, onMessage);
  return () => void ipcRenderer.off(event, onMessage);
}

// A view that is asked for while the page starts is kept for it; the newest one counts.
let waitingView: View | undefined;
const keep = (_event: IpcRendererEvent, view: View) => {
  waitingView = view;
};
ipcRenderer.on(GO_TO_EVENT, keep);

function onGoTo(listener: (view: View) => void): () => void {
  ipcRenderer.off(GO_TO_EVENT, keep);
  if (waitingView !== undefined) listener(waitingView);
  waitingView = undefined;
  return on(GO_TO_EVENT, listener);
}

const bridge: Bridge = {
  invoke: (channel, payload) => ipcRenderer.invoke(wireName(channel), payload),
  onShowing: (listener) => on(SHOWING_EVENT, listener),
  onJournal: (listener) => on(JOURNAL_EVENT, listener),
  onGoTo,
};

contextBridge.exposeInMainWorld('lanyard', bridge);
