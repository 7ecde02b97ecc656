#!/usr/bin/env node
// Writes tools/manifests/schemas: of each kind that the manifests use, what the API says of its fields, without its texts.
//
//   node tools/manifests/schemas.mjs SWAGGER COMPOSE CRD-FILE-OR-FOLDER...
//     SWAGGER   api/openapi-spec/swagger.json of the module k8s.io/kubernetes, or what `kubectl get --raw /openapi/v2` gives
//     COMPOSE   schema/compose-spec.json of the module github.com/compose-spec/compose-go/v2
//     CRD...    definitions of further kinds, YAML; folders are searched
// Where each came from stands in schemas/NOTICE.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { KINDS } from './kinds.mjs';

const target = join(dirname(fileURLToPath(import.meta.url)), 'schemas');

/** What a validator needs; texts and hints for merging are left out. */
const KEPT = new Set([
  '$ref',
  'type',
  'format',
  'enum',
  'pattern',
  'required',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
]);

function compact(schema) {
  const kept = {};
  for (const [key, value] of Object.entries(schema)) {
    if (KEPT.has(key)) kept[key] = value;
    else if (key === 'items') kept.items = compact(value);
    else if (key === 'additionalProperties') kept[key] = typeof value === 'object' ? compact(value) : value;
    else if (key === 'oneOf' || key === 'anyOf') kept[key] = value.map(compact);
    else if (key === 'properties' || key === 'patternProperties')
      kept[key] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, compact(one)]));
  }
  return kept;
}

const fileOf = ({ apiVersion, kind }) => `${apiVersion.replaceAll('/', '_')}_${kind}.json`;
const nameOf = ({ group, version, kind }) => `${group === '' ? version : `${group}/${version}`} ${kind}`;

const ofKubernetes = (swagger) =>
  new Map(
    Object.entries(swagger.definitions).flatMap(([name, schema]) =>
      (schema['x-kubernetes-group-version-kind'] ?? []).map((kind) => [nameOf(kind), name]),
    ),
  );

function* yamlFiles(path) {
  if (!statSync(path).isDirectory()) yield path;
  else for (const name of readdirSync(path)) if (/\.ya?ml$/.test(name)) yield join(path, name);
}

/** @returns the schema of each kind that the files define, by `apiVersion kind` */
const ofDefinitions = (paths) =>
  new Map(
    paths
      .flatMap((path) => [...yamlFiles(path)])
      .flatMap((path) => parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS()))
      .filter((document) => document?.kind === 'CustomResourceDefinition')
      .flatMap(({ spec: { group, names, versions } }) =>
        versions.map(({ name, schema }) => [`${group}/${name} ${names.kind}`, schema.openAPIV3Schema]),
      ),
  );

function withDefinitions(name, definitions, found = {}) {
  if (name in found) return found;
  found[name] = compact(definitions[name]);
  for (const [, other] of JSON.stringify(found[name]).matchAll(/"#\/definitions\/([^"]+)"/g))
    withDefinitions(other, definitions, found);
  return found;
}

/** What is said in parts (`allOf`) becomes one object that knows all its members, so that others are mistakes. */
function merged(schema, definitions) {
  const { allOf = [], ...own } = schema;
  const parts = allOf.map(({ $ref }) => merged(definitions[$ref.split('/').pop()], definitions));
  return [...parts, own].reduce(
    (whole, part) => ({ ...whole, ...part, properties: { ...whole.properties, ...part.properties } }),
    {},
  );
}

function ofCompose({ $defs: definitions, ...root }) {
  const all = Object.entries(definitions).map(([name, schema]) => [
    name,
    compact(schema.allOf === undefined ? schema : merged(schema, definitions)),
  ]);
  return { root: compact(root), definitions: Object.fromEntries(all) };
}

const [swaggerPath, composePath, ...crdPaths] = process.argv.slice(2);
const swagger = JSON.parse(readFileSync(swaggerPath, 'utf8'));
const builtIn = ofKubernetes(swagger);
const defined = ofDefinitions(crdPaths);

mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) if (name.endsWith('.json')) rmSync(join(target, name));
const shared = {};
const missing = [];
for (const { apiVersion, kind } of KINDS) {
  const key = `${apiVersion} ${kind}`;
  const definition = builtIn.get(key);
  const schema = defined.get(key);
  if (schema !== undefined)
    writeFileSync(join(target, fileOf({ apiVersion, kind })), `${JSON.stringify(compact(schema))}\n`);
  else if (definition === undefined) missing.push(key);
  else {
    Object.assign(shared, withDefinitions(definition, swagger.definitions));
    writeFileSync(
      join(target, fileOf({ apiVersion, kind })),
      `${JSON.stringify({ $ref: `#/definitions/${definition}` })}\n`,
    );
  }
}
writeFileSync(
  join(target, 'compose.json'),
  `${JSON.stringify(ofCompose(JSON.parse(readFileSync(composePath, 'utf8'))))}\n`,
);
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
writeFileSync(
  join(target, 'definitions.json'),
  `${JSON.stringify(withDefinitions(META, swagger.definitions, shared))}\n`,
);
for (const key of missing) console.error(`nothing defines ${key}`);
process.exitCode = missing.length === 0 ? 0 : 1;
