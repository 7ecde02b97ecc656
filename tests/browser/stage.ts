import type { Page } from 'playwright-core';

/** The image of the viewer. */
export const stageOf = (page: Page) => page.getByRole('application', { name: 'Image' });

/** The stage is there, knows its size and has painted: what its canvas shows before is nothing. */
export async function painted(page: Page, timeout = 30_000): Promise<void> {
  await stageOf(page).waitFor({ timeout });
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[role=application] canvas');
    return canvas !== null && canvas.width === Math.round(canvas.clientWidth * devicePixelRatio);
  });
}
