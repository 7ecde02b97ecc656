import { TooManyPatterns, type JsonParts, type PatternPart } from './json-parts';
import { misused } from './keyword-values';
import { PatternNotKnown } from './pattern';
import { measureAll, type Rule } from './rule';
import { FormatMachine, type FormatState } from './format-machine';
import { excludesEachOther } from './exclusive-schemas';
import { inWordsOfToday } from './older-drafts';
import { mergeSchemas } from './schema-merge';
import { bare, isSchema, narrowing, typeOf, UNSUPPORTED, type Schema } from './schema-keywords';
import { refuseSchema, type SchemaField } from './schema-refusal';
import { TooManyChecks, ValueCheck } from './value-check';

/** Schemas within schemas, and references followed, at most so many. */
const MAX_PARTS = 4_096;
const MAX_DEPTH = 64;
const utf8 = new TextEncoder();
/** Formats whose patterns say less, as a rule. */
const ADDRESSES: ReadonlySet<string> = new Set(['email', 'hostname', 'uri']);

interface Place {
  readonly depth: number;
  /** References, with what stands beside them, that led here without a bracket between: to follow one again would never end. */
  readonly open: ReadonlySet<string>;
}

const numberAt = (schema: Schema, word: string): number | undefined => {
  const value = schema[word];
  return typeof value === 'number' ? value : undefined;
};

/**
 * Makes rules of a JSON Schema (2020-12). All that the rules let through fits the schema; not all that fits can be written:
 * objects have their declared members in their order, numbers no exponent, free parts bounded depth.
 */
export class SchemaCompiler {
  readonly #references = new Map<string, Rule>();
  readonly #checked = new ValueCheck({
    own: (schema) => this.#own(schema),
    find: (pointer) => this.#find(pointer),
    isText: (text, schema) => this.#isText(text, schema),
  });
  #parts = 0;

  /** @param strict whether a keyword that cannot be enforced is refused; otherwise it is left out */
  constructor(
    private readonly parts: JsonParts,
    private readonly root: unknown,
    private readonly field: SchemaField,
    private readonly strict: boolean,
  ) {}

  /** @throws ServingError `invalid_request`, naming the keyword */
  compile(): Rule {
    return this.#schema(this.root, { depth: 0, open: new Set() });
  }

  #refuse(word: string, why?: string): never {
    throw refuseSchema(word, this.field, why);
  }

  /** Of a keyword that only narrows: without `strict` it may be left out. */
  #leaveOut(word: string, why?: string): void {
    if (this.strict) this.#refuse(word, why);
  }

  #count({ depth }: Place): void {
    this.#parts += 1;
    if (this.#parts > MAX_PARTS || depth > MAX_DEPTH) this.#refuse('$ref', 'leads to more parts than are read');
  }

  /** What a schema says itself, in the words of today. */
  #own(schema: unknown): Schema {
    if (!isSchema(schema)) this.#refuse('type', 'stands in no schema');
    const own = inWordsOfToday(bare(schema));
    const wrong = misused(own);
    if (wrong !== undefined) this.#refuse(wrong, 'has a value that JSON Schema does not know');
    for (const word of UNSUPPORTED) if (word in own) this.#leaveOut(word);
    return own;
  }

  #schema(schema: unknown, place: Place): Rule {
    this.#count(place);
    if (schema === true) return this.parts.any();
    if (schema === false) return this.parts.choice([]);
    const own = this.#own(schema);
    if ('$ref' in own) return this.#reference(own, place);
    if ('const' in own || 'enum' in own) return this.#values(own);
    if ('allOf' in own) return this.#allOf(own, place);
    if ('anyOf' in own) return this.#anyOf(own, 'anyOf', place);
    if ('oneOf' in own) return this.#anyOf(own, 'oneOf', place);
    return this.#typed(own, place);
  }

  #inner(place: Place): Place {
    return { depth: place.depth + 1, open: new Set() };
  }

  #reference(schema: Schema, place: Place): Rule {
    const { $ref: pointer, ...rest } = schema;
    const isAlone = narrowing(rest).length === 0;
    const key = isAlone ? String(pointer) : JSON.stringify(schema);
    if (place.open.has(key)) this.#refuse('$ref', 'leads back to itself');
    const known = this.#references.get(key);
    if (known) return known;
    const late = this.parts.late();
    this.#references.set(key, late);
    const next = { depth: place.depth + 1, open: new Set([...place.open, key]) };
    late.target = isAlone ? this.#schema(this.#find(pointer), next) : this.#together([schema], '$ref', next);
    return late;
  }

  /** What fits all of the schemas. @param word by which they came together */
  #together(schemas: readonly unknown[], word: string, place: Place): Rule {
    const parts = schemas.flatMap((schema) => this.#apart(schema, place));
    const merged =
      parts.every(isSchema) &&
      mergeSchemas(parts, (differing) => {
        this.#leaveOut(word, `brings together what differs in "${differing}", which cannot be enforced`);
      });
    return this.#schema(merged, { ...place, depth: place.depth + 1 });
  }

  /** The schemas that a schema brings together, none of which does so itself; `false` is one that nothing fits. */
  #apart(schema: unknown, { depth, open }: Place): readonly (Schema | false)[] {
    this.#count({ depth, open });
    if (typeof schema === 'boolean') return schema ? [] : [false];
    const { $ref: pointer, allOf, ...rest } = this.#own(schema);
    const next = { depth: depth + 1, open };
    return [
      ...(pointer === undefined ? [] : this.#apart(this.#find(pointer), next)),
      ...(Array.isArray(allOf) ? (allOf as unknown[]).flatMap((one) => this.#apart(one, next)) : []),
      ...(Object.keys(rest).length === 0 ? [] : [rest]),
    ];
  }

  /** Local ones only (RFC 6901, as a fragment): nothing is ever fetched. */
  #find(pointer: unknown): unknown {
    if (typeof pointer !== 'string' || !/^#(?:\/|$)/.test(pointer))
      this.#refuse('$ref', 'has to be local: #/$defs/...');
    let at: unknown = this.root;
    for (const step of pointer.split('/').slice(1)) {
      const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
      at = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Schema)[name] : undefined;
    }
    return at ?? this.#refuse('$ref', 'leads nowhere');
  }

  /** A list of values is held to all that stands beside it, by leaving out those that do not fit. */
  #values(schema: Schema): Rule {
    const { const: only, enum: listed, ...rest } = schema;
    const values = Array.isArray(listed) ? (listed as unknown[]) : [only];
    const beside = 'const' in schema ? { ...rest, const: only } : rest;
    try {
      const allowed = values.filter((value) => this.#checked.fits(value, beside));
      return allowed.length === 0
        ? this.parts.choice([])
        : this.parts.words(allowed.map((value) => JSON.stringify(value)));
    } catch (error) {
      if (error instanceof TooManyChecks) this.#refuse('enum', 'stands beside more than is read');
      throw error;
    }
  }

  /** What cannot be read of a text's keywords is left out as everywhere. */
  #isText(text: string, schema: Schema): boolean {
    const length = Array.from(text).length;
    const format = this.#format(schema['format']);
    const pattern = format ? this.#readable(schema['pattern']) : this.#pattern(schema['pattern']);
    return (
      length >= (numberAt(schema, 'minLength') ?? 0) &&
      length <= (numberAt(schema, 'maxLength') ?? Infinity) &&
      [format, pattern].every((part) => !part || reads(part.rule, JSON.stringify(text)))
    );
  }

  #allOf(schema: Schema, place: Place): Rule {
    const { allOf, ...rest } = schema;
    const [only, ...others] = Array.isArray(allOf) ? (allOf as unknown[]) : [];
    return others.length === 0 && narrowing(rest).length === 0
      ? this.#schema(only, { ...place, depth: place.depth + 1 })
      : this.#together([schema], 'allOf', place);
  }

  #anyOf(schema: Schema, word: 'anyOf' | 'oneOf', place: Place): Rule {
    const { [word]: listed, ...rest } = schema;
    const options = Array.isArray(listed) ? (listed as unknown[]) : [];
    if (word === 'oneOf' && !excludesEachOther(options, (pointer) => this.#find(pointer))) this.#leaveOut('oneOf');
    const next = { ...place, depth: place.depth + 1 };
    const isAlone = narrowing(rest).length === 0;
    return this.parts.choice(
      options.map((option) => (isAlone ? this.#schema(option, next) : this.#together([rest, option], word, next))),
    );
  }

  #typed(schema: Schema, place: Place): Rule {
    const named = schema['type'];
    if (Array.isArray(named))
      return this.parts.choice((named as unknown[]).map((type) => this.#schema({ ...schema, type }, place)));
    switch (named ?? typeOf(schema)) {
      case 'object':
        return this.#object(schema, place);
      case 'array':
        return this.#array(schema, place);
      case 'string':
        return this.#string(schema);
      case 'number':
      case 'integer':
        return this.#number(schema, named === 'integer');
      case 'boolean':
        return this.parts.words(['true', 'false']);
      case 'null':
        return this.parts.words(['null']);
      case undefined:
        return this.parts.any();
      default:
        return this.#refuse('type', 'names no type of JSON');
    }
  }

  #object(schema: Schema, place: Place): Rule {
    const inner = this.#inner(place);
    const properties = isSchema(schema['properties']) ? schema['properties'] : {};
    const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []);
    const others = schema['additionalProperties'] ?? true;
    const declared = Object.entries(properties);
    for (const name of required)
      if (typeof name === 'string' && !Object.hasOwn(properties, name)) declared.push([name, others]);
    const min = numberAt(schema, 'minProperties') ?? 0;
    const max = numberAt(schema, 'maxProperties') ?? Infinity;
    if (max < required.size || min > max || (others === false && min > declared.length)) return this.parts.choice([]);
    if (declared.length === 0) {
      if (min > 0) this.#leaveOut('minProperties');
      return others === false ? this.parts.words(['{}']) : this.parts.map(this.#schema(others, inner), max);
    }
    if (min > required.size) this.#leaveOut('minProperties');
    if (max < declared.length) this.#leaveOut('maxProperties');
    return this.parts.object(
      declared.map(([name, value]) => ({
        name,
        value: this.#schema(value, inner),
        isRequired: required.has(name),
      })),
    );
  }

  #array(schema: Schema, place: Place): Rule {
    const inner = this.#inner(place);
    const prefix = Array.isArray(schema['prefixItems']) ? (schema['prefixItems'] as unknown[]) : [];
    const min = numberAt(schema, 'minItems') ?? 0;
    const max = numberAt(schema, 'maxItems') ?? Infinity;
    if (schema['uniqueItems'] === true && max > 1) this.#leaveOut('uniqueItems');
    return min > max
      ? this.parts.choice([])
      : this.parts.array(
          prefix.map((item) => this.#schema(item, inner)),
          this.#schema(schema['items'] ?? true, inner),
          min,
          max,
        );
  }

  #string(schema: Schema): Rule {
    const min = numberAt(schema, 'minLength') ?? 0;
    const max = numberAt(schema, 'maxLength') ?? Infinity;
    if (min > max) return this.parts.choice([]);
    const part = this.#formatted(schema) ?? this.#pattern(schema['pattern']);
    if (!part) return this.parts.string(min, max);
    const { rule, lengths } = part;
    if (lengths.min > max || lengths.max < min) return this.parts.choice([]);
    // A bound that all texts keep anyway says nothing.
    if (lengths.min < min) this.#leaveOut('minLength');
    if (lengths.max > max) this.#leaveOut('maxLength');
    return rule;
  }

  /**
   * SDKs send a format and a pattern that says the same in other words. Of times, ids and the like it says more (zod: in UTC only), and
   * where it can be read it stands for both; otherwise a format that is known does.
   */
  #formatted({ format, pattern }: Schema): PatternPart | undefined {
    const part = this.#format(format);
    const narrower = part && !ADDRESSES.has(String(format)) ? this.#readable(pattern) : undefined;
    return narrower?.isWhole ? narrower : part;
  }

  #readable(pattern: unknown): PatternPart | undefined {
    if (typeof pattern !== 'string') return undefined;
    try {
      return this.parts.pattern(pattern);
    } catch (error) {
      if (error instanceof TooManyPatterns || error instanceof PatternNotKnown) return undefined;
      throw error;
    }
  }

  #format(format: unknown): PatternPart | undefined {
    const part = typeof format === 'string' ? this.parts.format(format) : undefined;
    if (format !== undefined && !part) this.#leaveOut('format');
    return part;
  }

  #pattern(pattern: unknown): PatternPart | undefined {
    if (typeof pattern !== 'string') return undefined;
    try {
      return this.parts.pattern(pattern);
    } catch (error) {
      if (error instanceof TooManyPatterns) this.#refuse('pattern', 'stands for more than is read, with all others');
      if (!(error instanceof PatternNotKnown)) throw error;
      this.#leaveOut('pattern');
      return undefined;
    }
  }

  #number(schema: Schema, integer: boolean): Rule {
    const bounds = {
      integer,
      minimum: numberAt(schema, 'minimum'),
      maximum: numberAt(schema, 'maximum'),
      exclusiveMinimum: numberAt(schema, 'exclusiveMinimum'),
      exclusiveMaximum: numberAt(schema, 'exclusiveMaximum'),
      multipleOf: numberAt(schema, 'multipleOf'),
    };
    try {
      return this.parts.number(bounds);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#leaveOut('multipleOf');
      return this.parts.number({ ...bounds, multipleOf: undefined });
    }
  }
}

/** Whether a text, and all of it, can be written by a rule of one terminal. */
function reads(rule: Rule, text: string): boolean {
  measureAll([rule]);
  const machine = new FormatMachine(rule);
  let state: FormatState | null = machine.start;
  for (const byte of utf8.encode(text)) if (state) state = machine.step(state, byte);
  return state?.isWhole === true;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
