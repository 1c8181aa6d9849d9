import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { app, net, powerMonitor, shell } from 'electron';
import { isAgentRunning } from '../../shared/agent-process.ts';
import { type Problem, problemOf } from '../../shared/errors.ts';
import { callLocal, watchState } from '../../shared/local-client.ts';
import { localPaths } from '../../shared/paths.ts';
import { systemSchedule } from '../../shared/schedule.ts';
import { type Acts, acts, type DeskActs } from './acts.ts';
import { agentCommand } from './agent-command.ts';
import { type AgentLink, linkAgent, pause } from './agent-link.ts';
import { startAgent } from './agent-start.ts';
import type { DesktopArguments } from './arguments.ts';
import type { Desk } from './bridge/desk.ts';
import type { Face } from './bridge/face.ts';
import { BASH, cleanStart } from './clean-start.ts';
import { openDemo } from './demo/open-demo.ts';
import { serveIpc } from './ipc.ts';
import { networkSight } from './machine-news.ts';
import { watchMachine } from './machine-watch.ts';
import { openTray, type TrayIcon } from './tray.ts';
import { hasTrayHost } from './tray-host.ts';
import type { MenuAct } from './tray-menu.ts';
import { trustedSenders } from './trusted-senders.ts';
import { type FaceWindow, faceWindow } from './window.ts';

function startLink(agentOptions: () => readonly string[], onFace: (face: Face) => void): AgentLink {
  const paths = localPaths();
  const surroundings = () => ({
    packaged: app.isPackaged,
    resources: process.resourcesPath,
    platform: process.platform,
    developmentCommand: process.env.LANYARD_AGENT_COMMAND,
  });
  const command = () => cleanStart(agentCommand(surroundings(), agentOptions()), process.platform, existsSync(BASH));
  return linkAgent(
    {
      ensure: async () => startAgent(paths, command()),
      isRunning: () => isAgentRunning(paths),
      watch: (signal) => watchState(paths, signal),
      wait: pause,
      random: Math.random,
    },
    onFace,
  );
}

// Their rooms are still being built; until then the face offers none of them.
const NO_DESK: Omit<Desk, 'demo'> = { startAtLogin: 'unavailable', updates: { kind: 'managed' } };
const NO_DESK_ACTS: Omit<DeskActs, 'startDemo' | 'endDemo'> = {
  setStartAtLogin: async () => {},
  lookForUpdates: async () => {},
  installUpdate: async () => {},
  followJournal: async () => null,
};

async function onMenu(act: MenuAct, does: Acts, window: FaceWindow, failed: () => boolean): Promise<void> {
  if (act.do === 'quit') return app.quit();
  if (act.do === 'open-window') return window.open();
  if (act.do === 'retry') await does.retry({ server: act.server });
  else if (act.do === 'sign-in') await does['sign-in']({ method: 'browser' });
  else await does[act.do](null);
  // A menu has no room for a sentence; the window has.
  if (failed()) window.open();
}

/** Puts the face together: link to the agent, tray and window. Returns once they stand. */
export async function runDesktop({ hidden, agentOptions }: DesktopArguments): Promise<void> {
  const senders = trustedSenders();
  let trayHost = false;
  let tray: TrayIcon | undefined;
  let notice: Problem | null = null;

  const window = faceWindow(join(import.meta.dirname, '..'), { senders, staysInTray: () => trayHost });
  const show = () => {
    tray?.show(link.face);
    window.send(showing());
  };
  const showing = () => ({ face: link.face, notice, desk: { ...NO_DESK, demo: demo.state } });
  const demo = openDemo({
    bundles: join(import.meta.dirname, '..'),
    paths: localPaths(),
    hasPolicy: agentOptions.includes('--policy'),
    call: (call) => callLocal(localPaths(), call),
    face: (): Face => link.face,
    restart: () => link.restart(),
    changed: show,
    onError: (error) => {
      notice = problemOf(error);
      show();
    },
  });
  const link: AgentLink = startLink(
    () => [...agentOptions, ...demo.agentOptions],
    (face) => {
      demo.saw(face);
      show();
    },
  );
  const does = acts({
    face: () => link.face,
    call: (call) => callLocal(localPaths(), call),
    restart: link.restart,
    open: (address) => shell.openExternal(address),
    desk: { ...NO_DESK_ACTS, startDemo: demo.start, endDemo: demo.end },
    notice: (problem) => {
      notice = problem;
      show();
    },
  });
  serveIpc({ ...does, showing }, senders);

  const endWatch = watchMachine({
    power: powerMonitor,
    sight: () => networkSight(net.isOnline(), networkInterfaces()),
    call: (call) => callLocal(localPaths(), call),
    schedule: systemSchedule,
    now: () => performance.now(),
  });

  app.on('second-instance', () => window.open());
  app.on('activate', () => window.open());
  app.on('window-all-closed', () => {
    if (!trayHost) app.quit();
  });
  app.on('before-quit', (event) => {
    if (demo.state === 'running' || demo.state === 'starting') {
      event.preventDefault();
      return void demo.close().finally(() => app.quit());
    }
    window.letGo();
    endWatch();
    link.stop();
  });

  if (!hidden) window.open();
  tray = openTray(link.face, (act) => void onMenu(act, does, window, () => notice !== null));
  trayHost = await hasTrayHost(process.platform);
}
