import type { Showing } from '../main/desktop/bridge/face.ts';
import type { AgentState } from '../shared/local-api.ts';
import { useAnnouncement, useNow, useShowing } from './hooks.ts';
import { Apps } from './parts/apps.tsx';
import { Header } from './parts/header.tsx';
import { NoAgent } from './parts/no-agent.tsx';
import { Notice, VaultNotice, Warnings } from './parts/notices.tsx';
import { Person } from './parts/person.tsx';
import { Servers } from './parts/servers.tsx';
import { SignIn, Waiting } from './parts/sign-in.tsx';

function Session({ state, now }: { state: AgentState; now: number }) {
  if (state.signIn?.phase === 'waiting') return <Waiting signIn={state.signIn} now={now} />;
  return state.session.status === 'signed-in' ? <Person state={state} now={now} /> : <SignIn state={state} />;
}

function Company({ state, now }: { state: AgentState; now: number }) {
  const { vault, servers, clients, relay, agent } = state;
  return (
    <>
      <VaultNotice vault={vault} />
      <Session state={state} now={now} />
      <Servers servers={servers} now={now} />
      <Apps clients={clients} now={now} />
      <footer class="quiet-text">
        <span>
          Relay at <code>{relay.url}</code>
        </span>
        <span>Version {agent.version}</span>
      </footer>
    </>
  );
}

/** The page. `first` is what was known when the window opened. */
export function App({ first }: { first: Showing }) {
  const showing = useShowing(first);
  const said = useAnnouncement(showing);
  const now = useNow();
  const { face, notice } = showing;
  return (
    <>
      <Header company={face.link === 'connected' ? face.state.company.name : undefined} />
      <main>
        {face.link === 'connected' && <Warnings warnings={face.state.agent.warnings} />}
        {notice && <Notice problem={notice} />}
        {face.link === 'connected' ? <Company state={face.state} now={now} /> : <NoAgent face={face} />}
      </main>
      <p role="status" class="unseen">
        {said}
      </p>
    </>
  );
}
