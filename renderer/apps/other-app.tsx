import type { ServerView } from '../../shared/local-api.ts';
import { Copyable } from '../parts/copy.tsx';
import { entriesToPaste } from './paste.ts';

/** For any app that Lanyard cannot connect by itself: what to paste into its settings. */
export function OtherApp({ servers }: { servers: readonly ServerView[] }) {
  return (
    <details class="fold">
      <summary>Any other app</summary>
      <div class="card fold-body">
        <p>
          Paste this into the settings of any app that can start MCP servers. Where the app does not find{' '}
          <code>lanyard</code>, write the program's full path instead.
        </p>
        <Copyable text={entriesToPaste(servers.map(({ name }) => name))} label="entries for any other app" />
        <p>For an app that takes an address and a header instead, type this in a terminal:</p>
        <Copyable text="lanyard client add snippet" label="command that prints an address and a header" />
      </div>
    </details>
  );
}
