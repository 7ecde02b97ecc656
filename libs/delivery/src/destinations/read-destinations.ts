import { ConfigurationError } from '@medserve/errors';
import { parse } from 'yaml';
import { z } from 'zod';
import { destinationSchema, type DestinationSettings } from '../destination-settings';

export const MOST_DESTINATIONS = 64;

const named = z.custom<{ readonly name?: unknown }>((found) => typeof found === 'object' && found !== null);

/** Destinations that cannot be gone by: everything that is wrong with them in one message, each mistake with its field. */
export class DestinationsError extends ConfigurationError {
  constructor(where: string, problems: readonly string[]) {
    super(`the destinations in ${where} are not right: ${problems.join('; ')}`);
    this.name = 'DestinationsError';
  }
}

/** The name of a destination where it has one, so that its mistake is found in a long file; otherwise its place. */
const placeOf = (entry: unknown, index: number): string => {
  const { success, data } = named.safeParse(entry);
  return success && typeof data.name === 'string' ? data.name : `[${String(index)}]`;
};

/**
 * Reads destinations from a YAML or JSON text: an array, or an object whose member `destinations` is one. Unknown members are
 * mistakes: a misspelt limit must not be a limit ignored.
 *
 * @param where named in errors: the file or the variable
 * @throws DestinationsError with all mistakes at once; it repeats no value
 */
export function readDestinations(text: string, where: string): readonly DestinationSettings[] {
  let written: unknown;
  try {
    // No aliases: a few lines of them unfold to gigabytes.
    written = parse(text, { maxAliasCount: 0 });
  } catch {
    throw new DestinationsError(where, ['it is neither YAML nor JSON that is read here']);
  }
  const list = Array.isArray(written) ? written : (written as { destinations?: unknown } | null)?.destinations;
  if (!Array.isArray(list))
    throw new DestinationsError(where, ['it has to be a list, or to have one under "destinations"']);
  if (list.length > MOST_DESTINATIONS)
    throw new DestinationsError(where, [`it has more than ${String(MOST_DESTINATIONS)} destinations`]);
  return checked(list, where);
}

function checked(list: readonly unknown[], where: string): readonly DestinationSettings[] {
  const problems: string[] = [];
  const names = new Set<string>();
  const found = list.flatMap((entry, index) => {
    const place = placeOf(entry, index);
    const { success, data, error } = destinationSchema.safeParse(entry);
    if (!success) {
      problems.push(...error.issues.map(({ path, message }) => `${[place, ...path].join('.')}: ${message}`));
      return [];
    }
    if (names.has(data.name)) problems.push(`${place}.name: is there twice`);
    names.add(data.name);
    return [data];
  });
  if (problems.length > 0) throw new DestinationsError(where, problems);
  return found;
}
