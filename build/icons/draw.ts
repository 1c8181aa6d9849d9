import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PRODUCT } from '../../shared/product.ts';
import { encodePng } from './png.ts';
import { APP_ICON, type Shape, SIDE } from './shapes.ts';

// Run after a change of shapes.ts; what it writes is kept in the repository.

/** Sizes that Linux desktops ask for; macOS and Windows icons are made from the largest. */
export const ICON_SIZES = [16, 32, 48, 64, 128, 256, 512, 1024] as const;

/** Points looked at per pixel, in each direction, for smooth edges. */
const SAMPLES = 4;

function colour(fill: string): readonly [number, number, number] {
  const value = Number.parseInt(fill.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** The icon as pixels (red, green, blue, opacity), `side` × `side`. */
function drawPixels(shapes: readonly Shape[], side: number): Buffer {
  const pixels = Buffer.alloc(side * side * 4);
  const backToFront = shapes.map((shape) => ({ covers: shape.covers, colour: colour(shape.fill) }));
  const frontToBack = backToFront.toReversed();
  const scale = SIDE / side;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const sum = [0, 0, 0];
      let covered = 0;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const px = (x + ((sample % SAMPLES) + 0.5) / SAMPLES) * scale;
        const py = (y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) * scale;
        const hit = frontToBack.find((shape) => shape.covers(px, py));
        if (!hit) continue;
        covered++;
        hit.colour.forEach((value, channel) => {
          sum[channel] = (sum[channel] ?? 0) + value;
        });
      }
      if (covered === 0) continue;
      const opacity = Math.round((covered / (SAMPLES * SAMPLES)) * 255);
      pixels.set([...sum.map((value) => Math.round(value / covered)), opacity], (y * side + x) * 4);
    }
  }
  return pixels;
}

/** The icon as an SVG file. */
export function drawSvg(shapes: readonly Shape[], title: string): string {
  const body = shapes.map(({ svg }) => `  ${svg}\n`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}">\n  <title>${title}</title>\n${body}</svg>\n`;
}

if (import.meta.main) {
  const folder = import.meta.dirname;
  await writeFile(join(folder, 'icon.svg'), drawSvg(APP_ICON, PRODUCT.name));
  for (const side of ICON_SIZES) {
    await writeFile(join(folder, `${side}x${side}.png`), encodePng(side, drawPixels(APP_ICON, side)));
  }
  console.log(`${ICON_SIZES.length} sizes in ${folder}`);
}
