/** Elements of a unit: a picture of 256 x 256. */
export const ELEMENTS_OF_A_UNIT = 65_536;

/**
 * What a request costs of a quota: its pixels, voxels or tensor elements, in units of 65,536 that have begun. The queues count the
 * same elements where a model has no rows (`docs/serving.md`); a quota cannot count rows, whose size is the model's.
 */
export const costUnits = (elements: number): number => Math.max(1, Math.ceil(elements / ELEMENTS_OF_A_UNIT));
