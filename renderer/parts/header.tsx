import { Mark } from './icon.tsx';

/** The bar on top: whose product this is, and whose company. */
export function Header({ company }: { company: string | undefined }) {
  return (
    <header class="bar">
      <Mark />
      <span class="wordmark">Lanyard</span>
      {company !== undefined && <span class="company">{company}</span>}
    </header>
  );
}
