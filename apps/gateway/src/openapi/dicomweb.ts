import { templateOf } from '../capabilities/wadl';
import { RESOURCES, type Resource } from '../dicomweb/resources';
import { breakGlassHeader, json, problem, refusals } from './words';

/* DICOMweb (PS3.18), from the table that its routes and its capability document are from. */

const text = { type: 'string' };
const binary = { schema: { type: 'string', format: 'binary' } };
const dataSets = { schema: { type: 'array', items: { type: 'object', description: 'DICOM JSON (PS3.18 annex F)' } } };

const inPath = (path: string) =>
  [...templateOf(path).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }));

const contentOf = (types: readonly string[]) =>
  Object.fromEntries(types.map((type) => [type, type.endsWith('json') ? dataSets : binary]));

const inQuery = (names: readonly string[]) =>
  names.map((name) => ({ name, in: 'query', required: false, schema: text }));

const told = (description: string, answers: readonly string[]) => ({ description, content: contentOf(answers) });

function responsesOf({ id, takes, answers }: Resource) {
  if (takes !== undefined) {
    return {
      '200': told('All of them are stored', answers),
      '202': told('Some of them are stored, or with a warning', answers),
      '400': problem,
      '409': told('None is stored', answers),
      ...refusals(404, 406, 413, 415, 429, 503),
    };
  }
  if (id.startsWith('search')) {
    return { '200': told('What was found', answers), '204': { description: 'Nothing' }, ...refusals(400, 406, 503) };
  }
  return { '200': told('As it was asked for', answers), ...refusals(400, 404, 406, 410, 413, 503) };
}

const operationOf = (resource: Resource) => ({
  summary: resource.title,
  operationId: resource.id,
  parameters: [
    ...inPath(resource.path),
    ...inQuery(resource.parameters ?? []),
    ...(resource.access === 'result:read' ? [breakGlassHeader] : []),
  ],
  ...(resource.takes === undefined ? {} : { requestBody: { required: true, content: contentOf(resource.takes) } }),
  responses: responsesOf(resource),
});

const all: readonly Resource[] = Object.values(RESOURCES);

const capabilities = {
  get: {
    summary: 'What DICOMweb offers here (PS3.18 8.9)',
    operationId: 'dicomWebCapabilities',
    responses: {
      '200': {
        description: 'Its resources',
        content: { 'application/vnd.sun.wadl+xml': { schema: text }, ...json({ type: 'object' }) },
      },
      ...refusals(406),
    },
  },
};

export const DICOM_WEB_PATHS = {
  '/dicom-web': capabilities,
  ...Object.fromEntries(
    [...Map.groupBy(all, ({ path }) => path)].map(([path, resources]) => [
      `/dicom-web/${templateOf(path)}`,
      Object.fromEntries(resources.map((resource) => [resource.method.toLowerCase(), operationOf(resource)])),
    ]),
  ),
};
