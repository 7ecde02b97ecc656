const ROOT = '1.2.840.10008.5.1.4.1.1.';

/** What follows the root of the image storage SOP classes (PS3.4 table B.5-1), the retired too, whose instances are pixels. */
const IMAGES = new Set(
  `
  1 1.1 1.1.1 1.2 1.2.1 1.3 1.3.1 2 2.1 2.2 3 3.1 4 4.1 4.3 4.4 5 6 6.1 6.2 6.3 7 7.1 7.2 7.3 7.4 12.1 12.1.1 12.2 12.2.1 12.3
  13.1.1 13.1.2 13.1.3 13.1.4 13.1.5 14.1 14.2 20 30 66.4 77.1 77.2 77.1.1 77.1.1.1 77.1.2 77.1.2.1 77.1.3 77.1.4 77.1.4.1
  77.1.5.1 77.1.5.2 77.1.5.4 77.1.5.5 77.1.5.6 77.1.5.7 77.1.6 77.1.7 77.1.8 77.1.9 81.1 82.1 128 128.1 130 481.1 481.23
  `
    .trim()
    .split(/\s+/),
);

/** Whether an instance of this class is nothing without pixels. RT Dose may go without (PS3.3 A.18.3). */
export const isImageClass = (sopClassUid: string): boolean =>
  sopClassUid.startsWith(ROOT) && IMAGES.has(sopClassUid.slice(ROOT.length));
