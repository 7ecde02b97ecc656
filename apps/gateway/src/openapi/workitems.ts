import { templateOf } from '../capabilities/wadl';
import type { Resource } from '../dicomweb/resources';
import { WORKITEM_RESOURCES } from '../workitems/resources';
import { breakGlassHeader, problem, refusals } from './words';

/* The worklist of UPS-RS (PS3.18 chapter 11), from the table that its routes are from. */

const text = { type: 'string' };
const dataSet = { schema: { type: 'object', description: 'DICOM JSON (PS3.18 annex F)' } };
const dataSets = { schema: { type: 'array', items: dataSet.schema } };
const warned = { Warning: { description: 'What is so otherwise than it was asked', schema: text } };
const told = (description: string) => ({
  description,
  headers: warned,
  content: { 'application/dicom+json': dataSets },
});
const done = (description: string) => ({ description, headers: warned });

const RESPONSES: Readonly<Record<keyof typeof WORKITEM_RESOURCES, Readonly<Record<string, unknown>>>> = {
  create: {
    '201': {
      ...done('It was created'),
      headers: { ...warned, Location: { description: 'Where it is', schema: text } },
    },
    ...refusals(400, 409, 413, 415, 503),
  },
  search: { '200': told('What was found'), '204': { description: 'Nothing' }, ...refusals(400, 406, 503) },
  retrieve: { '200': told('The workitem'), ...refusals(400, 404, 406, 410, 503) },
  update: { '200': done('It was updated'), '400': problem, ...refusals(404, 409, 410, 413, 415, 503) },
  changeState: { '200': done('It is in that state'), '400': problem, ...refusals(404, 409, 410, 413, 415, 503) },
  subscribe: {
    '201': {
      ...done('It is subscribed to'),
      headers: { ...warned, 'Content-Location': { description: 'URL of the WebSocket', schema: text } },
    },
    ...refusals(400, 404, 410, 503),
  },
  unsubscribe: { '200': done('It is not subscribed to any more'), ...refusals(400, 404, 410, 503) },
  suspend: { '200': done('What comes later is not subscribed to'), ...refusals(400, 404, 503) },
  openEvents: {
    '101': { description: 'A WebSocket (RFC 6455): each text is an event report, a data set in the DICOM JSON model' },
    ...refusals(400, 503),
  },
  requestCancel: { '202': done('It is asked for'), '400': problem, ...refusals(404, 409, 410, 413, 415, 503) },
};

const pathParameters = (path: string) =>
  ['workitem', 'aet']
    .filter((name) => path.split('/').includes(`:${name}`))
    .map((name) => ({ name, in: 'path', required: true, schema: text }));

const operationOf = (name: keyof typeof WORKITEM_RESOURCES) => {
  const resource: Resource = WORKITEM_RESOURCES[name];
  const query = (resource.parameters ?? []).map((one) => ({ name: one, in: 'query', required: false, schema: text }));
  return {
    summary: resource.title,
    operationId: resource.id,
    parameters: [
      ...pathParameters(resource.path),
      ...query,
      ...(resource.access === 'result:read' ? [breakGlassHeader] : []),
    ],
    ...(resource.takes === undefined
      ? {}
      : {
          requestBody: {
            required: name !== 'requestCancel',
            content: { 'application/dicom+json': dataSet },
          },
        }),
    responses: RESPONSES[name],
  };
};

const names = Object.keys(WORKITEM_RESOURCES) as (keyof typeof WORKITEM_RESOURCES)[];

export const WORKITEM_PATHS = Object.fromEntries(
  [...Map.groupBy(names, (name) => WORKITEM_RESOURCES[name].path)].map(([path, of]) => [
    `/dicom-web/${templateOf(path)}`,
    Object.fromEntries(of.map((name) => [WORKITEM_RESOURCES[name].method.toLowerCase(), operationOf(name)])),
  ]),
);
