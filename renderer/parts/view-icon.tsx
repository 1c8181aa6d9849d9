import type { ComponentChildren } from 'preact';
import type { View } from '../../main/desktop/bridge/views.ts';
import { Drawing } from './icon.tsx';

const SHAPES: Readonly<Record<View, () => ComponentChildren>> = {
  servers: () => (
    <>
      <rect x="3" y="3.5" width="14" height="5.5" rx="1.8" class="line" />
      <rect x="3" y="11" width="14" height="5.5" rx="1.8" class="line" />
      <path d="M6.2 6.25h.1M6.2 13.75h.1" class="line" />
    </>
  ),
  apps: () => (
    <>
      <path d="M7 3v4M13 3v4" class="line" />
      <path d="M4.5 7h11v2.5a5.5 5.5 0 0 1-11 0z" class="line" />
      <path d="M10 15v2.5" class="line" />
    </>
  ),
  activity: () => <path d="M2.5 10.5h3.2l2.3-6 3.8 11 2.4-5h3.3" class="line" />,
};

/** The sign of a view. */
export function ViewIcon({ view }: { view: View }) {
  return <Drawing kind="view">{SHAPES[view]()}</Drawing>;
}
