/** Side of the square that the app icon is drawn in. */
export const SIDE = 1024;

/** A flat shape: how it is written in SVG, and whether it covers a point. */
export interface Shape {
  readonly fill: string;
  readonly svg: string;
  readonly covers: (x: number, y: number) => boolean;
}

/** A rectangle with corners of radius `r`; (x, y) is its top left. */
function rectangle(x: number, y: number, width: number, height: number, r: number, fill: string): Shape {
  return {
    fill,
    svg: `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${r}" fill="${fill}"/>`,
    covers: (px, py) => {
      const dx = Math.max(x + r - px, px - (x + width - r), 0);
      const dy = Math.max(y + r - py, py - (y + height - r), 0);
      return dx * dx + dy * dy <= r * r;
    },
  };
}

/** A disc around (x, y). */
function disc(x: number, y: number, r: number, fill: string): Shape {
  return {
    fill,
    svg: `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`,
    covers: (px, py) => (px - x) ** 2 + (py - y) ** 2 <= r * r,
  };
}

/** A strap with level ends: from (x1, y1) down to (x2, y2), `width` wide at every height. */
function strap(x1: number, y1: number, x2: number, y2: number, width: number, fill: string): Shape {
  const half = width / 2;
  const points = [
    [x1 - half, y1],
    [x1 + half, y1],
    [x2 + half, y2],
    [x2 - half, y2],
  ];
  return {
    fill,
    svg: `<polygon points="${points.map((point) => point.join(',')).join(' ')}" fill="${fill}"/>`,
    covers: (px, py) => {
      const middle = x1 + ((x2 - x1) * (py - y1)) / (y2 - y1);
      return py >= y1 && py <= y2 && Math.abs(px - middle) <= half;
    },
  };
}

const BLUE = '#1e40af';
const LIGHT = '#93c5fd';
const WHITE = '#ffffff';

/** The app icon, back to front: a badge that hangs on two straps. */
export const APP_ICON: readonly Shape[] = [
  rectangle(64, 64, 896, 896, 200, BLUE),
  strap(316, 64, 492, 452, 92, LIGHT),
  strap(708, 64, 532, 452, 92, WHITE),
  rectangle(452, 420, 120, 108, 40, LIGHT),
  rectangle(300, 496, 424, 352, 64, WHITE),
  rectangle(444, 536, 136, 36, 18, BLUE),
  disc(512, 658, 56, BLUE),
  rectangle(400, 736, 224, 68, 34, BLUE),
];
