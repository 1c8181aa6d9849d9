import type { ComponentChildren } from 'preact';
import type { ServerStatus } from '../../shared/states.ts';

/** Every drawing is decoration: the word beside it says the same. */
function Drawing({ children, kind }: { children: ComponentChildren; kind: string }) {
  return (
    <svg class={`icon icon-${kind}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const SHAPES: Readonly<Record<ServerStatus, () => ComponentChildren>> = {
  ready: () => (
    <>
      <circle cx="10" cy="10" r="8" class="fill" />
      <path d="m6.4 10.3 2.4 2.4 4.8-5" class="cut" />
    </>
  ),
  idle: () => (
    <>
      <circle cx="10" cy="10" r="7" class="line" />
      <path d="M10 6v4l2.6 1.8" class="line" />
    </>
  ),
  connecting: () => <path d="M10 3a7 7 0 1 1-7 7" class="line turning" />,
  retrying: () => (
    <>
      <path d="M16 6.2A7 7 0 1 0 17 10" class="line" />
      <path d="M16.6 2.6v4h-4" class="line" />
    </>
  ),
  denied: () => (
    <>
      <circle cx="10" cy="10" r="7" class="line" />
      <path d="m5.2 14.8 9.6-9.6" class="line" />
    </>
  ),
  'step-up': () => (
    <>
      <rect x="4.5" y="9" width="11" height="7.5" rx="2" class="line" />
      <path d="M7 9V6.6a3 3 0 0 1 6 0V9" class="line" />
    </>
  ),
  misconfigured: () => (
    <>
      <path d="M10 3 17.5 16.2h-15z" class="line" />
      <path d="M10 8v3.6M10 13.9v.1" class="line" />
    </>
  ),
  'signed-out': () => <circle cx="10" cy="10" r="7" class="line dashed" />,
};

/** The sign of a server's status: a shape of its own, so that colour is never the only difference. */
export function StatusIcon({ status }: { status: ServerStatus }) {
  return <Drawing kind={status}>{SHAPES[status]()}</Drawing>;
}

/** A sign of warning. */
export function WarningIcon() {
  return <Drawing kind="warning">{SHAPES.misconfigured()}</Drawing>;
}

/** Our own sign: a badge on its strap, the same shape as the tray's. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 100 100" aria-hidden="true" focusable="false">
      <path d="M20 5 46 31M80 5 54 31" class="strap" />
      <path
        fill-rule="evenodd"
        d="M31 29h38a9 9 0 0 1 9 9v50a9 9 0 0 1-9 9H31a9 9 0 0 1-9-9V38a9 9 0 0 1 9-9Zm12 7.5a3.5 3.5 0 0 0 0 7h14a3.5 3.5 0 0 0 0-7ZM50 51.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19ZM33 88h34c0-9-7-14-17-14s-17 5-17 14Z"
        class="badge"
      />
    </svg>
  );
}
