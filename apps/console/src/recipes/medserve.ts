import type { Place, RecipeAsk } from './ask';
import { json, path, shell } from './quote';

/** Options of `medserve infer` that take a text, by the member of the request that they stand for. */
const OPTIONS: Readonly<Record<string, string>> = {
  task: '--task',
  modality: '--modality',
  model: '--model',
  fallback: '--fallback',
  question: '--question',
  class: '--class',
  deadlineMs: '--deadline-ms',
};

/** The project's own command. It always asks as a job, and shows how far that is. */
export function medserve({ files, request }: RecipeAsk, { url }: Place): string {
  const options = Object.entries(OPTIONS).flatMap(([member, option]) => {
    const value = request[member];
    return typeof value === 'string' || typeof value === 'number' ? [`${option} ${shell(String(value))}`] : [];
  });
  const { parameters, allowMismatch } = request;
  return [
    `MEDSERVE_URL=${shell(url)} npx medserve infer`,
    ...files.map((name) => shell(path(name))),
    ...options,
    ...(parameters === undefined ? [] : [`--parameters ${shell(json(parameters))}`]),
    ...(allowMismatch === true ? ['--allow-mismatch'] : []),
  ].join(' \\\n  ');
}
