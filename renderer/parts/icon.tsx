import type { ComponentChildren } from 'preact';
import type { ServerStatus } from '../../shared/states.ts';

/** Every drawing is decoration: the word beside it says the same. */
export function Drawing({ children, kind }: { children: ComponentChildren; kind: string }) {
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

/** Our own sign: the app's icon, a badge on its strap. */
export function Mark() {
  return (
    <svg class="mark" viewBox="64 64 896 896" aria-hidden="true" focusable="false">
      <rect x="64" y="64" width="896" height="896" rx="200" class="tile" />
      <path d="M270 64h92l176 388h-92Z" class="strap" />
      <path d="M662 64h92L578 452h-92Z" class="card" />
      <rect x="452" y="420" width="120" height="108" rx="40" class="strap" />
      <rect x="300" y="496" width="424" height="352" rx="64" class="card" />
      <rect x="444" y="536" width="136" height="36" rx="18" class="tile" />
      <circle cx="512" cy="658" r="56" class="tile" />
      <rect x="400" y="736" width="224" height="68" rx="34" class="tile" />
    </svg>
  );
}
