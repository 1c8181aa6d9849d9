import type { Desk } from '../main/desktop/bridge/desk.ts';
import type { Showing } from '../main/desktop/bridge/face.ts';
import { warningsShown } from '../main/desktop/bridge/words.ts';
import type { AgentState } from '../shared/local-api.ts';
import { Activity } from './activity/activity.tsx';
import { Apps } from './apps/apps.tsx';
import { DemoBar } from './desk/demo-bar.tsx';
import { Settings } from './desk/settings.tsx';
import { useAnnouncement, useShowing } from './hooks/showing.ts';
import { useNow } from './hooks/time.ts';
import { useView } from './hooks/view.ts';
import { Header } from './parts/header.tsx';
import { Navigation } from './parts/navigation.tsx';
import { isSaidByVault, saysAgentIsGone } from './parts/notice-text.ts';
import { Notice, VaultNotice, Warnings } from './parts/notices.tsx';
import { Servers } from './servers/servers.tsx';
import { NoAgent } from './session/no-agent.tsx';
import { Session } from './session/session.tsx';

interface CompanyParts {
  readonly state: AgentState;
  readonly desk: Desk;
  readonly notice: Showing['notice'];
  readonly now: number;
  readonly views: ReturnType<typeof useView>;
}

function Company({ state, desk, notice, now, views: [view, setView] }: CompanyParts) {
  return (
    <>
      <main>
        <DemoBar demo={desk.demo} />
        <Warnings warnings={warningsShown(state, desk)} />
        {notice && !isSaidByVault(notice, state) && <Notice problem={notice} />}
        <VaultNotice vault={state.vault} />
        <Session state={state} view={view} now={now} />
        {view === 'servers' && <Servers state={state} now={now} onView={setView} />}
        {view === 'apps' && <Apps state={state} now={now} />}
        {view === 'activity' && <Activity state={state} demo={desk.demo} now={now} />}
      </main>
      <Settings desk={desk} state={state} now={now} />
    </>
  );
}

/** The page. `first` is what was known when the window opened. */
export function App({ first }: { first: Showing }) {
  const showing = useShowing(first);
  const said = useAnnouncement(showing);
  const now = useNow();
  const views = useView();
  const { face, notice, desk } = showing;
  const state = face.link === 'connected' ? face.state : undefined;
  return (
    <>
      <div class="top">
        <Header state={state} />
        {state && <Navigation view={views[0]} onView={views[1]} />}
      </div>
      {face.link === 'connected' ? (
        <Company state={face.state} desk={desk} notice={notice} now={now} views={views} />
      ) : (
        <main>
          {notice && !saysAgentIsGone(notice) && <Notice problem={notice} />}
          <NoAgent face={face} demo={desk.demo} />
        </main>
      )}
      <p role="status" class="unseen">
        {said}
      </p>
    </>
  );
}
