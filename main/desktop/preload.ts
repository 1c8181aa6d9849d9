import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { type Bridge, SHOWING_EVENT, wireName } from './bridge/channels.ts';
import type { Showing } from './bridge/face.ts';

// Runs sandboxed, before the page. It passes messages on and decides nothing: the main process checks each one.
const bridge: Bridge = {
  invoke: (channel, payload) => ipcRenderer.invoke(wireName(channel), payload),
  onShowing: (listener) => {
    const onMessage = (_event: IpcRendererEvent, showing: Showing) => listener(showing);
    ipcRenderer.on(SHOWING_EVENT, onMessage);
    return () => void ipcRenderer.off(SHOWING_EVENT, onMessage);
  },
};

contextBridge.exposeInMainWorld('lanyard', bridge);
