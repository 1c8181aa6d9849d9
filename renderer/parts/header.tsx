import type { AgentState } from '../../shared/local-api.ts';
import { Person } from '../session/person.tsx';
import { Mark } from './icon.tsx';

/** The bar on top: whose product this is, whose company, and who is signed in. Always in sight. */
export function Header({ state }: { state: AgentState | undefined }) {
  return (
    <header class="bar">
      <div class="brand">
        <Mark />
        <p>
          <span class="wordmark">Lanyard</span>
          {state && (
            <span class="company" dir="auto">
              {state.company.name}
            </span>
          )}
        </p>
      </div>
      {state && <Person state={state} />}
    </header>
  );
}
