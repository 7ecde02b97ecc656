import { bare, isSchema, narrowing, type Schema } from './schema-keywords';

/**
 * Whether no value fits two of the schemas: they are of different types, or objects of which one required member has different
 * constants. Then `oneOf` is `anyOf`.
 */
export function excludesEachOther(options: readonly unknown[], find: (pointer: string) => unknown): boolean {
  const schemas = options.map((option) => resolved(option, find));
  return schemas.every((one, index) => schemas.slice(index + 1).every((other) => one && other && excludes(one, other)));
}

function resolved(option: unknown, find: (pointer: string) => unknown): Schema | undefined {
  if (!isSchema(option)) return undefined;
  const own = bare(option);
  if (typeof own['$ref'] !== 'string') return own;
  const target = narrowing(own).length === 1 ? find(own['$ref']) : undefined;
  return isSchema(target) ? bare(target) : undefined;
}

function excludes(one: Schema, other: Schema): boolean {
  const [a, b] = [typesOf(one), typesOf(other)];
  if (a && b && a.every((type) => !b.includes(type))) return true;
  const [first, second] = [constantsOf(one), constantsOf(other)];
  if (first && second) return first.every((value) => !second.includes(value));
  return requiredOf(one).some((name) => {
    const [x, y] = [memberConstants(one, name), memberConstants(other, name)];
    return x && y && requiredOf(other).includes(name) && x.every((value) => !y.includes(value));
  });
}

/** An integer is a number too. */
function typesOf({ type }: Schema): unknown[] | undefined {
  if (type === undefined) return undefined;
  return [type].flat().map((one) => (one === 'integer' ? 'number' : one));
}

function constantsOf(schema: unknown): string[] | undefined {
  if (!isSchema(schema)) return undefined;
  if ('const' in schema) return [JSON.stringify(schema['const'])];
  return Array.isArray(schema['enum'])
    ? (schema['enum'] as unknown[]).map((value) => JSON.stringify(value))
    : undefined;
}

const requiredOf = ({ required }: Schema): unknown[] => (Array.isArray(required) ? (required as unknown[]) : []);

function memberConstants({ type, properties }: Schema, name: unknown): string[] | undefined {
  if (type !== 'object' || typeof name !== 'string' || !isSchema(properties)) return undefined;
  return constantsOf(properties[name]);
}
