// Holds a document against the schema of its kind, as strictly as an API server with `--validate=strict`: what is not known is a mistake.
// The schemas of Kubernetes are structural ones, so that reading them takes little more than walking along; alternatives and patterns of
// names are there for the one of Compose.

const QUANTITY = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const QUANTITY_TYPE = '#/definitions/io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING_TYPE = '#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString';

const nameOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const isInteger = (value) => Number.isSafeInteger(value);

const TYPES = {
  null: (value) => value === null,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: isInteger,
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Structural schemas of custom resources use RE2 and JavaScript's syntax alike, as far as they go. */
const matches = (pattern, value) => new RegExp(pattern, 'u').test(value);

/**
 * @param definitions what `$ref` may lead to
 * @returns {(schema: object, value: unknown, path: string) => string[]} what is wrong, in sentences that begin with where
 */
export function validator(definitions) {
  const validate = (schema, value, path) => {
    if (schema.$ref === QUANTITY_TYPE) return quantity(value, path);
    if (schema.$ref === INT_OR_STRING_TYPE || schema['x-kubernetes-int-or-string'])
      return intOrString(schema, value, path);
    if (schema.$ref !== undefined) return validate(definitions[schema.$ref.split('/').pop()], value, path);
    const alternatives = schema.oneOf ?? schema.anyOf;
    if (alternatives !== undefined) return fewest(alternatives.map((one) => validate(one, value, path)));
    const types = [schema.type ?? []].flat();
    if (types.length > 0 && !types.some((type) => TYPES[type](value)))
      return [`${path}: has to be ${types.join(' or ')}, and is ${nameOf(value)}`];
    return [...limits(schema, value, path), ...inside(schema, value, path)];
  };

  const inside = (schema, value, path) => {
    if (Array.isArray(value))
      return schema.items === undefined
        ? []
        : value.flatMap((item, index) => validate(schema.items, item, `${path}[${String(index)}]`));
    return TYPES.object(value) ? members(schema, value, path) : [];
  };

  const members = (schema, value, path) => {
    const { properties = {}, patternProperties = {}, additionalProperties, required = [] } = schema;
    // An object of which nothing is said holds anything.
    const isOpen =
      schema['x-kubernetes-preserve-unknown-fields'] === true ||
      additionalProperties === true ||
      (schema.properties === undefined && schema.patternProperties === undefined && additionalProperties === undefined);
    const missing = required.filter((name) => value[name] === undefined).map((name) => `${path}: ${name} is missing`);
    return [
      ...missing,
      ...Object.entries(value).flatMap(([name, member]) => {
        const at = `${path}.${name}`;
        if (Object.hasOwn(properties, name)) return validate(properties[name], member, at);
        const [, byName] = Object.entries(patternProperties).find(([pattern]) => matches(pattern, name)) ?? [];
        if (byName !== undefined) return validate(byName, member, at);
        if (typeof additionalProperties === 'object') return validate(additionalProperties, member, at);
        return isOpen ? [] : [`${at}: there is no such field`];
      }),
    ];
  };
  return validate;
}

function limits({ enum: choices, pattern, minimum, maximum, minLength, maxLength, minItems, maxItems }, value, path) {
  const wrong = [];
  if (choices !== undefined && !choices.includes(value)) wrong.push(`${path}: has to be one of ${choices.join(', ')}`);
  if (pattern !== undefined && typeof value === 'string' && !matches(pattern, value))
    wrong.push(`${path}: has to match ${pattern}`);
  if (minimum !== undefined && value < minimum) wrong.push(`${path}: has to be at least ${String(minimum)}`);
  if (maximum !== undefined && value > maximum) wrong.push(`${path}: has to be at most ${String(maximum)}`);
  const [least, most] = Array.isArray(value) ? [minItems, maxItems] : [minLength, maxLength];
  const { length } = typeof value === 'string' || Array.isArray(value) ? value : { length: undefined };
  if (length !== undefined && least !== undefined && length < least)
    wrong.push(`${path}: has to have at least ${String(least)}`);
  if (length !== undefined && most !== undefined && length > most)
    wrong.push(`${path}: has to have at most ${String(most)}`);
  return wrong;
}

/** Of what each alternative says, that of the one that is nearest. */
const fewest = (all) => all.reduce((least, one) => (one.length < least.length ? one : least));

const quantity = (value, path) =>
  typeof value === 'number' || (typeof value === 'string' && QUANTITY.test(value))
    ? []
    : [`${path}: has to be a quantity such as 500m or 4Gi`];

const intOrString = (schema, value, path) => {
  if (!isInteger(value) && typeof value !== 'string') return [`${path}: has to be an integer or a string`];
  return limits(schema, value, path);
};
