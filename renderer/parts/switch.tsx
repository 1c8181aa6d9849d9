/** What a switch is given. */
interface SwitchParts {
  /** Ids of the elements that name and describe it. */
  readonly labelledBy: string;
  readonly describedBy?: string | undefined;
  readonly on: boolean;
  /** While the last change is being made. */
  readonly busy?: boolean;
  onSet(on: boolean): void;
}

/** On or off, at once: a checkbox that says and looks so. */
export function Switch({ labelledBy, describedBy, on, busy = false, onSet }: SwitchParts) {
  return (
    <input
      type="checkbox"
      role="switch"
      class="switch"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      aria-checked={on}
      aria-busy={busy}
      checked={on}
      onChange={(event) => {
        const wish = event.currentTarget.checked;
        // It shows what is, not what was clicked; see `on`.
        event.currentTarget.checked = on;
        if (!busy) onSet(wish);
      }}
    />
  );
}
