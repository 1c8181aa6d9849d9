// A browser with nothing but a page: what a person sees of the company's own pages. For tests; never shipped.
const { app, BrowserWindow } = require('electron');

void app.whenReady().then(() => {
  const window = new BrowserWindow({ frame: false, show: true });
  void window.loadURL('about:blank');
});
