import type { Mood } from './bridge/mood.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/**
 * How a picture is coloured: `template` is black on clear, for the system to colour (macOS); `on-light` and `on-dark`
 * are for a taskbar of known brightness; `colour` shows on both.
 */
export type Palette = 'colour' | 'on-light' | 'on-dark' | 'template';

/** The colours for a system's tray. On Linux nobody says how bright the panel is. */
export function paletteOf(platform: NodeJS.Platform, isDark: boolean): Palette {
  if (platform === 'darwin') return 'template';
  if (platform !== 'win32') return 'colour';
  return isDark ? 'on-dark' : 'on-light';
}

const AMBER: Rgb = [232, 148, 24];
const BLACK: Rgb = [0, 0, 0];
/** Of the badge: `brand` while somebody is signed in, `quiet` otherwise. */
const COLOURS: Readonly<Record<Palette, { readonly brand: Rgb; readonly quiet: Rgb; readonly dot: Rgb }>> = {
  colour: { brand: [37, 99, 235], quiet: [132, 140, 152], dot: AMBER },
  'on-light': { brand: [29, 78, 216], quiet: [94, 102, 115], dot: [200, 110, 0] },
  'on-dark': { brand: [110, 160, 255], quiet: [176, 184, 196], dot: [250, 176, 60] },
  template: { brand: BLACK, quiet: BLACK, dot: BLACK },
};

/** Samples per pixel and direction: 16 in all, enough for smooth edges at 16 pixels. */
const SAMPLES = 4;

const length = (x: number, y: number) => Math.sqrt(x * x + y * y);

function distanceToSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return length(x - ax - dx * along, y - ay - dy * along);
}

/** Negative inside the card, which is a rounded rectangle. */
function distanceToCard(x: number, y: number): number {
  const [halfWidth, halfHeight, radius] = [0.3, 0.35, 0.09];
  const dx = Math.abs(x - 0.5) - halfWidth + radius;
  const dy = Math.abs(y - 0.63) - halfHeight + radius;
  return length(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

/** Whether a point (0 to 1 both ways) belongs to the badge on its strap; the card filled or in outline. */
function inBadge(x: number, y: number, filled: boolean): boolean {
  const card = distanceToCard(x, y);
  const left = distanceToSegment(x, y, 0.18, 0.04, 0.46, 0.31);
  const right = distanceToSegment(x, y, 0.82, 0.04, 0.54, 0.31);
  if (card > 0) return Math.min(left, right) < 0.05;
  const head = length(x - 0.5, y - 0.56);
  const shoulders = length((x - 0.5) * 0.85, y - 0.9);
  const figure = head < 0.105 || (shoulders < 0.17 && y < 0.87);
  return filled ? !figure : figure || card > -0.075;
}

function colourAt(x: number, y: number, mood: Mood, palette: Palette): Rgb | undefined {
  const colours = COLOURS[palette];
  const main = mood === 'ready' || mood === 'attention' ? colours.brand : colours.quiet;
  if (mood === 'attention') {
    const dot = length(x - 0.78, y - 0.78);
    if (dot < 0.2) return colours.dot;
    if (dot < 0.27) return undefined;
  }
  if (mood === 'offline') {
    const slash = distanceToSegment(x, y, 0.1, 0.93, 0.9, 0.2);
    if (slash < 0.05) return main;
    if (slash < 0.12) return undefined;
  }
  return inBadge(x, y, mood === 'ready' || mood === 'attention') ? main : undefined;
}

/**
 * Draws the icon as BGRA bytes with premultiplied alpha, `size` × `size`: what Electron's `createFromBitmap` takes.
 * Moods differ in shape and not only in colour. Drawn by code, so that every size is sharp and no file is needed.
 */
export function drawIcon(mood: Mood, size: number, palette: Palette): Buffer {
  const pixels = Buffer.alloc(size * size * 4);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const at = (row * size + column) * 4;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) / size;
        const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size;
        const colour = colourAt(x, y, mood, palette);
        if (!colour) continue;
        [colour[2], colour[1], colour[0], 255].forEach((value, channel) => {
          pixels[at + channel] = (pixels[at + channel] ?? 0) + Math.floor(value / (SAMPLES * SAMPLES));
        });
      }
    }
  return pixels;
}
