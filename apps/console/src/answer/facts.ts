/** What is told of a value that has no form of its own on the page. */
export type Fact =
  | { readonly kind: 'value'; readonly name: string; readonly value: string | number | boolean | null }
  | {
      readonly kind: 'list';
      readonly name: string;
      readonly values: readonly (string | number | boolean | null)[];
      readonly left: number;
    }
  | { readonly kind: 'group'; readonly name: string; readonly facts: readonly Fact[]; readonly left: number };

export interface Facts {
  readonly facts: readonly Fact[];
  /** How many more there were than are told. */
  readonly left: number;
}

const DEPTH = 4;
/** Of one object or list. */
const MEMBERS = 40;
const TEXT = 2_000;

type Scalar = string | number | boolean | null;
const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const cut = (value: Scalar): Scalar =>
  typeof value === 'string' && value.length > TEXT ? `${value.slice(0, TEXT)}…` : value;

/** The members of an object as names and values: bounded in depth, number and length, whatever a model wrote there. */
export function factsOf(found: Readonly<Record<string, unknown>>, depth = DEPTH): Facts {
  const members = Object.entries(found);
  return {
    facts: members.slice(0, MEMBERS).map(([name, value]) => factOf(name, value, depth)),
    left: Math.max(0, members.length - MEMBERS),
  };
}

function factOf(name: string, value: unknown, depth: number): Fact {
  if (isScalar(value)) return { kind: 'value', name, value: cut(value) };
  if (typeof value !== 'object') return { kind: 'value', name, value: null };
  if (Array.isArray(value) && value.every(isScalar)) {
    const left = Math.max(0, value.length - MEMBERS);
    return { kind: 'list', name, values: value.slice(0, MEMBERS).map(cut), left };
  }
  if (depth <= 1) return { kind: 'value', name, value: '…' };
  const members = Array.isArray(value)
    ? Object.fromEntries(value.slice(0, MEMBERS + 1).map((member: unknown, place) => [String(place + 1), member]))
    : (value as Readonly<Record<string, unknown>>);
  const { facts, left } = factsOf(members, depth - 1);
  return { kind: 'group', name, facts, left: Array.isArray(value) ? Math.max(0, value.length - facts.length) : left };
}

/** Endings of names that are units. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Mm2$/, 'mm²'],
  [/Mm$/, 'mm'],
  [/Ms$/, 'ms'],
  [/Hu$/, 'HU'],
  [/Degrees$/, '°'],
  [/^mL$/, 'mL'],
];

export interface FactName {
  readonly words: string;
  readonly unit: string;
}

/** A name of a program in words: "slice distance" with the unit "mm" of `sliceDistanceMm`. */
export function nameInWords(name: string): FactName {
  const [ending, unit] = UNITS.find(([suffix]) => suffix.test(name)) ?? [/$^/, ''];
  const bare = name.replace(ending, '').slice(0, 80);
  const words = bare
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll(/[-_]+/g, ' ')
    .trim();
  return { words, unit };
}
