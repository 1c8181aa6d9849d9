import { app, Menu, protocol } from 'electron';
import { PRODUCT } from '../../shared/product.ts';
import { readArguments } from './arguments.ts';
import { runDesktop } from './desktop.ts';
import { hardenContents } from './hardening.ts';
import { PAGE_SCHEME } from './page-address.ts';

app.setName(PRODUCT.name);
// Windows shows notifications only of programs that say which shortcut they belong to; the installer gives it this id.
if (process.platform === 'win32') app.setAppUserModelId(PRODUCT.bundleId);
// One face per person: a second start shows the first one's window. `exit`, since `quit` would still get ready.
if (!app.requestSingleInstanceLock()) app.exit(0);

// The face holds no secret and the page no cookie: nobody shall be asked to unlock a keyring for Chromium's own key.
app.commandLine.appendSwitch('password-store', 'basic');
app.commandLine.appendSwitch('use-mock-keychain');

// Always, in what ships. A developer who is root on a throw-away machine may say --no-sandbox; Chromium cannot do both.
if (app.isPackaged || !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
// The window is a page of text: a GPU process would only cost memory and start time.
app.disableHardwareAcceleration();
hardenContents();
Menu.setApplicationMenu(null);
protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges: { standard: true, secure: true } }]);

// Not awaited: Electron gets ready only after this module has been evaluated.
void app.whenReady().then(() => runDesktop(readArguments(process.argv.slice(1))));
