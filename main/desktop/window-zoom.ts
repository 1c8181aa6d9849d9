import type { WebContents } from 'electron';

/** Zoom levels: each step is a fifth larger than the one before; 0 is 100 %. */
const SMALLEST_LEVEL = -1;
/** About 250 %; at that size the page still needs no scrolling sideways. */
const LARGEST_LEVEL = 5;
/** Half a step, as browsers take it. */
const STEP = 0.5;

/** What matters of a key press, as Electron reports it. */
export interface ZoomKey {
  readonly type: string;
  readonly key: string;
  readonly control: boolean;
  readonly meta: boolean;
  readonly alt: boolean;
}

/** The zoom level after a key press: Ctrl or Cmd with plus, minus or 0; `undefined` for any other key. */
export function zoomAfter(level: number, { type, key, control, meta, alt }: ZoomKey): number | undefined {
  if (type !== 'keyDown' || control === meta || alt) return undefined;
  switch (key) {
    // Without Shift, plus is the key of the equals sign on many keyboards.
    case '+':
    case '=':
      return Math.min(LARGEST_LEVEL, level + STEP);
    case '-':
      return Math.max(SMALLEST_LEVEL, level - STEP);
    case '0':
      return 0;
    default:
      return undefined;
  }
}

/** Lets people make the text larger and smaller as in a browser. There is no menu that would do it. */
export function zoomByKeys(contents: WebContents): void {
  contents.on('before-input-event', (event, input) => {
    const level = zoomAfter(contents.getZoomLevel(), input);
    if (level === undefined) return;
    event.preventDefault();
    contents.setZoomLevel(level);
  });
}
