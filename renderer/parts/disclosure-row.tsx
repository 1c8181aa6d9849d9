import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

/** What a row is made of. */
interface RowParts {
  readonly class: string;
  readonly sign: ComponentChildren;
  readonly title: string;
  /** One word about its state. */
  readonly word: string;
  /** In sight always, below the title. */
  readonly summary: ComponentChildren;
  /** In sight always, and apart from what a click opens: sentences to read, buttons. */
  readonly acts: ComponentChildren;
  /** Made when the row is opened. */
  details(): ComponentChildren;
}

/** A row that says the common case at one glance, and opens to say more. */
export function DisclosureRow({ class: name, sign, title, word, summary, acts, details }: RowParts) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li class={`row ${name}`}>
      <div class="row-head">
        {sign}
        <div class="grow">
          <div class="title-line">
            <h3 dir="auto">
              <button
                type="button"
                class="row-button"
                aria-expanded={open}
                aria-controls={open ? id : undefined}
                aria-describedby={`${id}-word`}
                onClick={() => setOpen(!open)}
              >
                {title}
              </button>
            </h3>
            <span class="word" id={`${id}-word`}>
              {word}
            </span>
          </div>
          {summary}
        </div>
        <span class="chevron" aria-hidden="true" />
      </div>
      {acts && <div class="row-more">{acts}</div>}
      {open && (
        <div class="row-more row-details" id={id}>
          {details()}
        </div>
      )}
    </li>
  );
}
