import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DestinationSettings } from '../destination-settings';
import { DestinationsError, MOST_DESTINATIONS, readDestinations } from './read-destinations';

export interface LoadedDestination {
  readonly settings: DestinationSettings;
  /** What the paths in its settings are relative to. */
  readonly folder: string;
}

const FILE = 'file:';
const MOST_BYTES = 1 << 20;

/**
 * The destinations that a setting names.
 *
 * @param told `file:PATH` of a YAML file; or a JSON array of destinations, in which `"file:PATH"` stands for those of a file
 * @param where the setting's name, for what is wrong with it
 * @throws DestinationsError with all mistakes of the first text that has any
 */
export function loadDestinations(told: string, where: string): readonly LoadedDestination[] {
  const text = told.trim();
  const loaded = text.startsWith(FILE) ? fromFile(text) : fromList(text, where);
  const names = loaded.map(({ settings }) => settings.name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0) throw new DestinationsError(where, [`${[...new Set(twice)].join(', ')}: is there twice`]);
  if (loaded.length > MOST_DESTINATIONS)
    throw new DestinationsError(where, [`there are more than ${String(MOST_DESTINATIONS)}`]);
  return loaded;
}

function fromList(text: string, where: string): LoadedDestination[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new DestinationsError(where, ['it has to be a JSON array, or file:PATH']);
  }
  if (!Array.isArray(list)) throw new DestinationsError(where, ['it has to be a JSON array, or file:PATH']);
  const isFile = (entry: unknown): entry is string => typeof entry === 'string' && entry.startsWith(FILE);
  const inline = list.filter((entry) => !isFile(entry));
  const folder = process.cwd();
  return [
    ...list.filter(isFile).flatMap(fromFile),
    ...readDestinations(JSON.stringify(inline), where).map((settings) => ({ settings, folder })),
  ];
}

function fromFile(text: string): LoadedDestination[] {
  const path = resolve(text.slice(FILE.length));
  return readDestinations(textOf(path), path).map((settings) => ({ settings, folder: dirname(path) }));
}

function textOf(path: string): string {
  try {
    if (statSync(path).size > MOST_BYTES)
      throw new DestinationsError(path, [`the file has more than ${String(MOST_BYTES)} bytes`]);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof DestinationsError) throw error;
    throw new DestinationsError(path, [`the file cannot be read (${String((error as NodeJS.ErrnoException).code)})`]);
  }
}
