import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { app, BrowserWindow, net, powerMonitor, shell } from 'electron';
import { type Problem, problemOf } from '../../shared/errors.ts';
import { journalSchema } from '../../shared/journal-views.ts';
import { callLocal, type LocalCall, watchJournal } from '../../shared/local-client.ts';
import { localPaths } from '../../shared/paths.ts';
import { systemSchedule } from '../../shared/schedule.ts';
import { acts } from './acts.ts';
import type { AgentLink } from './agent-link.ts';
import { appDesk } from './app-desk.ts';
import { followApp } from './app-events.ts';
import type { DesktopArguments } from './arguments.ts';
import { JOURNAL_EVENT } from './bridge/channels.ts';
import type { Face, Showing } from './bridge/face.ts';
import type { View } from './bridge/views.ts';
import { openDemo } from './demo/open-demo.ts';
import { serveIpc } from './ipc.ts';
import { journalFollow } from './journal-follow.ts';
import { networkSight } from './machine-news.ts';
import { watchMachine } from './machine-watch.ts';
import { doMenuAct } from './menu-acts.ts';
import { pageHandlers } from './page-handlers.ts';
import { pageLink } from './page-link.ts';
import { personNews } from './person-news.ts';
import { signInOrigin } from './sign-in-origin.ts';
import { isStartedBySystem } from './start-at-login.ts';
import { startLink } from './start-link.ts';
import { openTray } from './tray.ts';
import { watchTrayHost } from './tray-host.ts';
import type { MenuAct } from './tray-menu.ts';
import { type TrayPresence, trayPresence } from './tray-presence.ts';
import { trustedSenders } from './trusted-senders.ts';
import { faceWindow } from './window.ts';

/** Puts the face together: link to the agent, tray, window, notifications and desk. */
export function runDesktop({ hidden, view, agentOptions }: DesktopArguments): void {
  const bundles = join(import.meta.dirname, '..');
  const paths = localPaths();
  const senders = trustedSenders();
  const call = <T>(asked: LocalCall<T>): Promise<T> => callLocal(paths, asked);
  let tray: TrayPresence | undefined;
  let notice: Problem | null = null;

  const window = faceWindow(bundles, { senders, staysInTray: () => tray?.isThere ?? false });
  const page = pageLink(senders);
  const openWindow = (wanted?: View) => {
    window.open();
    if (wanted) page.goTo(wanted);
  };
  const showing = (): Showing => ({ face: link.face, notice, desk: desk.view });
  const show = () => {
    tray?.icon.show(link.face, desk.view);
    window.send(showing());
  };
  const say = (problem: Problem | null) => {
    notice = problem;
    show();
  };

  const demo = openDemo({
    bundles,
    paths,
    hasPolicy: agentOptions.includes('--policy'),
    call,
    face: (): Face => link.face,
    restart: () => link.restart(),
    changed: show,
    onError: (error) => say(problemOf(error)),
  });
  const journal = journalFollow({
    read: () => call({ method: 'GET', path: '/journal', answer: journalSchema }),
    watch: (signal) => watchJournal(paths, signal),
    onNews: (news) => page.send(JOURNAL_EVENT, news),
  });
  const { desk, updates } = appDesk({ demo, journal, changed: show, leaving: window.letGo });
  const origin = signInOrigin();
  const link: AgentLink = startLink(
    () => [...agentOptions, ...demo.agentOptions],
    (face) => {
      demo.saw(face);
      if (face.link === 'connected') updates.allow(face.state.rights.updates);
      journal.onFace(face);
      news.follow(face);
      show();
      // The browser is in front; the person came from our window.
      if (!origin.hasReturned(face)) return;
      app.focus({ steal: true });
      window.open();
    },
  );
  const does = acts({
    face: () => link.face,
    call,
    restart: link.restart,
    open: (address) => shell.openExternal(address),
    desk: desk.acts,
    notice: say,
  });
  const onMenu = (act: MenuAct) =>
    void doMenuAct(act, {
      does,
      openWindow,
      quit: () => app.quit(),
      signsInElsewhere: () => origin.started('elsewhere'),
      hasFailed: () => notice !== null,
    });
  const news = personNews(({ click }) => onMenu({ do: click }));
  serveIpc(pageHandlers(does, showing, origin), senders);

  const endWatch = watchMachine({
    power: powerMonitor,
    sight: () => networkSight(net.isOnline(), networkInterfaces()),
    call,
    schedule: systemSchedule,
    now: () => performance.now(),
  });

  followApp({
    openWindow,
    onPageGone: journal.end,
    onFocus: () => void desk.lookAgain(),
    staysInTray: () => tray?.isThere ?? false,
    unfinished: () => (demo.state === 'running' || demo.state === 'starting' ? demo.close() : undefined),
    onQuit: () => {
      window.letGo();
      for (const close of [endWatch, journal.end, news.close, link.stop, updates.close]) close();
      tray?.close();
    },
  });

  if (!hidden && !isStartedBySystem(process.platform, app)) openWindow(view);
  void desk.lookAgain();
  tray = trayPresence({
    open: () => openTray({ face: link.face, desk: desk.view }, onMenu),
    watchHost: (onChange) => watchTrayHost(process.platform, onChange),
    schedule: systemSchedule,
    onMissing: () => {
      if (!BrowserWindow.getAllWindows().some((one) => one.isVisible())) window.open();
    },
  });
}
