/*
 * Fields of a message have two names in protobuf's JSON mapping, `lowerCamelCase` and the one of the .proto file; whoever reads it
 * takes either (protobuf.dev, "ProtoJSON Format"). What stands in a map under a key is no field: keys are the caller's own.
 */

/** The fields of `ModelConfig` and its messages that are maps; `input` is one where it holds no list. */
const MAPS: ReadonlySet<string> = new Set([
  'parameters',
  'metric_tags',
  'cc_model_filenames',
  'priority_queue_policy',
  'input',
  'inputs',
  'input_map',
  'output_map',
]);

/** No message of it nests deeper. */
const MAX_DEPTH = 16;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const CAMEL = /^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+$/;
const protoName = (name: string): string =>
  CAMEL.test(name) ? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;

/**
 * A message in JSON with the names of the .proto file, and its maps as lists of entries, as the text format has them: no key can
 * then pass for a field of an entry. A field that is there by both of its names keeps them, to be refused.
 */
export function withProtoNames(message: unknown, depth = 0): unknown {
  if (depth === MAX_DEPTH) return message;
  if (Array.isArray(message)) return message.map((one) => withProtoNames(one, depth + 1));
  if (!isObject(message)) return message;
  // Null stands for the default of any field, which is what it has without being there.
  const set = Object.entries(message).filter(([, value]) => value !== null);
  const fields = set.map(([given, value]) => {
    const found = protoName(given);
    const name = Object.hasOwn(message, found) ? given : found;
    return [name, MAPS.has(name) && isObject(value) ? entriesOf(value, depth + 1) : withProtoNames(value, depth + 1)];
  });
  return Object.fromEntries(fields) as unknown;
}

const entriesOf = (map: Readonly<Record<string, unknown>>, depth: number): readonly unknown[] =>
  Object.entries(map).map(([key, value]) => ({ key, value: withProtoNames(value, depth + 1) }));
