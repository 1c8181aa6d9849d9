import type { Demo } from '../../main/desktop/bridge/desk.ts';
import { ask } from '../bridge.ts';

/** While the demo company runs: that nothing here is real, and the way out. */
export function DemoBar({ demo }: { demo: Demo }) {
  if (demo !== 'running') return null;
  return (
    <section class="demo-bar" aria-label="Demo">
      <p>This is a demo company, on this computer alone. Nothing here is protected, and nothing is real.</p>
      <button type="button" class="small" onClick={() => ask('end-demo', null)}>
        End the demo
      </button>
    </section>
  );
}
