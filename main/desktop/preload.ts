import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { type Bridge, GO_TO_EVENT, JOURNAL_EVENT, SHOWING_EVENT, wireName } from './bridge/channels.ts';

// Runs sandboxed, before the page. It passes messages on and decides nothing: the main process checks each one.
function on<T>(event: string, listener: (value: T) => void): () => void {
  const onMessage = (_event: IpcRendererEvent, value: T) => listener(value);
  ipcRenderer.on(event, onMessage);
  return () => void ipcRenderer.off(event, onMessage);
}

const bridge: Bridge = {
  invoke: (channel, payload) => ipcRenderer.invoke(wireName(channel), payload),
  onShowing: (listener) => on(SHOWING_EVENT, listener),
  onJournal: (listener) => on(JOURNAL_EVENT, listener),
  onGoTo: (listener) => on(GO_TO_EVENT, listener),
};

contextBridge.exposeInMainWorld('lanyard', bridge);
