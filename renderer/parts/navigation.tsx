import { VIEWS, type View } from '../../main/desktop/bridge/views.ts';
import { ViewIcon } from './view-icon.tsx';

/** How the views are called. */
const TITLES: Readonly<Record<View, string>> = { servers: 'Servers', apps: 'Apps', activity: 'Activity' };

/** The way from view to view; Ctrl or Cmd with 1, 2, 3 does the same. */
export function Navigation({ view, onView }: { view: View; onView: (view: View) => void }) {
  return (
    <nav aria-label="Views">
      {VIEWS.map((each, index) => (
        <button
          key={each}
          id={`go-to-${each}`}
          type="button"
          class="tab"
          aria-current={each === view ? 'page' : undefined}
          aria-keyshortcuts={`Control+${index + 1} Meta+${index + 1}`}
          onClick={() => onView(each)}
        >
          <ViewIcon view={each} />
          {TITLES[each]}
        </button>
      ))}
    </nav>
  );
}
