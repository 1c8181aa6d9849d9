import type { View } from '../../main/desktop/bridge/views.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { connectable, foundText } from '../apps/app-text.ts';
import { useApps } from '../hooks/apps.ts';

/** Somebody signed in and has no app connected: the next step, where there is one to take. */
export function ConnectPointer({ clients, onView }: { clients: readonly ClientView[]; onView: (view: View) => void }) {
  const [apps] = useApps(clients);
  const found = typeof apps === 'object' ? connectable(apps) : [];
  if (found.length === 0) return null;
  return (
    <section class="band band-pointer" aria-labelledby="next-step">
      <div class="grow">
        <h2 id="next-step" class="band-title">
          Connect your apps
        </h2>
        <p class="quiet-text">{foundText(found)} One switch each, and they can use these servers.</p>
      </div>
      <div class="acts">
        <button type="button" class="primary" onClick={() => onView('apps')}>
          Choose apps
        </button>
      </div>
    </section>
  );
}
