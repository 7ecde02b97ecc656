import { broken } from '../broken';
import { readSmallFile } from '../package-files';
import type { ModelConfig } from './model-config';

const MAX_LABEL_BYTES = 4 << 20;
const MAX_LABELS = 100_000;

const isInside = (path: string): boolean =>
  /^[^/\\\p{C}]{1,255}(?:\/[^/\\\p{C}]{1,255})*$/u.test(path) && !path.split('/').some((part) => part.startsWith('.'));

/** Files of labels by output, in the folder of the model. @throws ServingError `model_broken` naming the output */
export function labelFilesOf({ output }: ModelConfig): ReadonlyMap<string, string> {
  const files = new Map(output.flatMap(({ name, label_filename: path = '' }) => (path === '' ? [] : [[name, path]])));
  for (const [name, path] of files) {
    if (!isInside(path)) {
      throw broken(`label_filename of the output "${name}" has to be a path inside the folder of the model.`);
    }
  }
  return files;
}

/** A file of labels, one a line: label `i` names class `i`. @throws ServingError `model_broken` naming the output */
export async function readLabels(root: string, output: string, path: string): Promise<readonly string[]> {
  const lines = (await readSmallFile(root, path, MAX_LABEL_BYTES)).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > MAX_LABELS)
    throw broken(`The labels of the output "${output}" are more than ${String(MAX_LABELS)}.`);
  return lines;
}
