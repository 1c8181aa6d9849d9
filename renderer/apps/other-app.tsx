import type { AgentState } from '../../shared/local-api.ts';
import { Copyable } from '../parts/copy.tsx';
import { entriesToPaste } from './paste.ts';

/** For any app that Lanyard cannot connect by itself: what to paste into its settings. */
export function OtherApp({ state }: { state: AgentState }) {
  const { servers, agent } = state;
  const names = servers.map(({ name }) => name);
  return (
    <details class="fold">
      <summary>Any other app</summary>
      <div class="card fold-body">
        {agent.program && (
          <>
            <p>Paste this into the settings of any app that can start MCP servers.</p>
            <Copyable text={entriesToPaste(names, agent.program)} label="entries for any other app" />
          </>
        )}
        <p>For an app that takes an address and a header, type this in a terminal:</p>
        <Copyable text="lanyard client add snippet" label="command that prints an address and a header" />
      </div>
    </details>
  );
}
