import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Takes a picture of the page in both themes, for the documents and for whoever wants to look. */
export async function takePictures(page: Page, name: string): Promise<void> {
  const folder = process.env.LANYARD_TEST_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  // The pointer is no part of the picture.
  await page.mouse.move(0, 0);
  for (const [colorScheme, ending] of [
    ['light', ''],
    ['dark', '-dark'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(folder, `${name}${ending}.png`) });
  }
}
