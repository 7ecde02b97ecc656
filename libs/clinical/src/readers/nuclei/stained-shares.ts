export interface StainedShares {
  readonly tissuePixels: number;
  /** Share of the tissue's pixels at or above the threshold, 0 to 1; 0 without tissue. */
  readonly haematoxylin: number;
  readonly counterstain: number;
}

/** How much of the tissue each stain covers. Densities are to base 10. */
export function stainedShares(
  haematoxylin: Float32Array,
  counterstain: Float32Array,
  tissue: Uint8Array,
  positive: { readonly haematoxylin: number; readonly counterstain: number },
): StainedShares {
  let [tissuePixels, blue, second] = [0, 0, 0];
  for (let at = 0; at < tissue.length; at += 1) {
    if (!tissue[at]) continue;
    tissuePixels += 1;
    if ((haematoxylin[at] as number) >= positive.haematoxylin) blue += 1;
    if ((counterstain[at] as number) >= positive.counterstain) second += 1;
  }
  const whole = Math.max(1, tissuePixels);
  return { tissuePixels, haematoxylin: blue / whole, counterstain: second / whole };
}
