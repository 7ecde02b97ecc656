import { readMeasuredScores, readModelCard, type ModelPackage } from '@medserve/engines';
import { toServingError } from '@medserve/errors';
import type { ModelCardEntry } from '@medserve/rpc';
import type { Logger } from '@medserve/runtime';

/** What a package says of itself at length, read when somebody looks; nothing of one that could not be read. */
export async function readCard(modelPackage: ModelPackage | undefined, logger: Logger): Promise<ModelCardEntry> {
  if (modelPackage === undefined) return { card: '', truncated: false, measured: [] };
  const [{ text, isTruncated }, measured] = await Promise.all([
    readModelCard(modelPackage),
    readMeasuredScores(modelPackage).catch((error: unknown) => {
      const { name, version } = modelPackage.manifest;
      const { message } = toServingError(error);
      logger.warn('the measured scores of a model cannot be read', {
        model: name,
        modelVersion: version,
        reason: message,
      });
      return [];
    }),
  ]);
  return { card: text, truncated: isTruncated, measured };
}
