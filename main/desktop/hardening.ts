import { app, type Session } from 'electron';
import { isOurPage, PAGE_SCHEME } from './page-address.ts';

/**
 * Refuses, for every web contents there ever is, what our page never does: navigate away, open windows, embed
 * web views. Call before the first window.
 */
export function hardenContents(): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    // Chromium does not ask before about:blank; that page is empty, and IPC does not trust it.
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame || !isOurPage(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    // Neither a content security policy nor the session's filter of requests sees what WebRTC sends.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  });
}

/** Refuses every permission, device and download in a session. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('will-download', (event) => event.preventDefault());
  // The page needs no network at all; this also holds for what a content security policy does not cover.
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !details.url.startsWith(`${PAGE_SCHEME}:`) && !details.url.startsWith('devtools:') });
  });
}
