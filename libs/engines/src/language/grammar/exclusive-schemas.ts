import { canonicalText } from './canonical-text';
import { bare, isSchema, narrowing, type Schema } from './schema-keywords';

/** Options of which each is looked at beside each other one, where nothing simpler tells them apart. */
const MAX_PAIRS_OF = 256;

/**
 * Whether no value fits two of the schemas: they are of different types, of different constants, or objects of which one required
 * member has different constants. Then `oneOf` is `anyOf`.
 */
export function excludesEachOther(options: readonly unknown[], find: (pointer: string) => unknown): boolean {
  const schemas = options.map((option) => resolved(option, find));
  return schemas.every((schema) => schema !== undefined) && ofCommonTypes(schemas.map(factsOf)).every(excludeAll);
}

function resolved(option: unknown, find: (pointer: string) => unknown): Schema | undefined {
  if (!isSchema(option)) return undefined;
  const own = bare(option);
  if (typeof own['$ref'] !== 'string') return own;
  const target = narrowing(own).length === 1 ? find(own['$ref']) : undefined;
  return isSchema(target) ? bare(target) : undefined;
}

/** What tells one schema from others. */
interface Facts {
  readonly types: ReadonlySet<unknown> | undefined;
  readonly constants: ReadonlySet<string> | undefined;
  /** By required member. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

function factsOf(schema: Schema): Facts {
  const { type, required, properties } = schema;
  const members = new Map<string, ReadonlySet<string>>();
  if (type === 'object' && Array.isArray(required) && isSchema(properties))
    for (const name of required as unknown[]) {
      const constants = typeof name === 'string' && constantsOf(properties[name]);
      if (constants) members.set(name, constants);
    }
  // An integer is a number too.
  const types =
    type === undefined ? undefined : new Set([type].flat().map((one: unknown) => (one === 'integer' ? 'number' : one)));
  return { types, constants: constantsOf(schema), members };
}

function constantsOf(schema: unknown): ReadonlySet<string> | undefined {
  if (!isSchema(schema)) return undefined;
  if ('const' in schema) return new Set([canonicalText(schema['const'])]);
  return Array.isArray(schema['enum']) ? new Set((schema['enum'] as unknown[]).map(canonicalText)) : undefined;
}

/** Groups between which no type is shared. */
function ofCommonTypes(all: readonly Facts[]): readonly (readonly Facts[])[] {
  let groups: { types: ReadonlySet<unknown>; facts: Facts[] }[] = [];
  for (const facts of all) {
    const { types } = facts;
    if (!types) return [all];
    const [first, ...others] = groups.filter((group) => [...types].some((type) => group.types.has(type)));
    if (!first) {
      groups.push({ types, facts: [facts] });
      continue;
    }
    first.facts.push(facts, ...others.flatMap((group) => group.facts));
    first.types = new Set([first, { types }, ...others].flatMap((group) => [...group.types]));
    groups = groups.filter((group) => !others.includes(group));
  }
  return groups.map(({ facts }) => facts);
}

function excludeAll(group: readonly Facts[]): boolean {
  if (areDistinct(group.map(({ constants }) => constants))) return true;
  const names = [...(group[0]?.members.keys() ?? [])];
  if (names.some((name) => areDistinct(group.map(({ members }) => members.get(name))))) return true;
  if (group.length > MAX_PAIRS_OF) return false;
  return group.every((one, index) => group.slice(index + 1).every((other) => excludes(one, other)));
}

/** No text is in two of the sets. */
function areDistinct(sets: readonly (ReadonlySet<string> | undefined)[]): boolean {
  const met = new Set<string>();
  for (const set of sets) {
    if (!set || [...set].some((text) => met.has(text))) return false;
    for (const text of set) met.add(text);
  }
  return true;
}

function excludes(one: Facts, other: Facts): boolean {
  const { types } = other;
  if (one.types && types && [...one.types].every((type) => !types.has(type))) return true;
  if (areDistinct([one.constants, other.constants])) return true;
  return [...one.members].some(([name, constants]) => areDistinct([constants, other.members.get(name)]));
}
