import { SERVED } from '../fhir/fhir-table';
import { breakGlassHeader, refusalsAs } from './words';

const answerOf = (description: string) => ({
  description,
  content: { 'application/fhir+json': { schema: { type: 'object' } } },
});

const refusals = (...statuses: number[]) => refusalsAs(answerOf('An OperationOutcome'), statuses);

const typeParameter = {
  name: 'type',
  in: 'path',
  required: true,
  schema: { enum: SERVED.map(({ type }) => type) },
};
const query = (name: string, description: string) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema: { type: 'string' },
});
const summary = query('_summary', 'How much of a resource: `true`, `text`, `data`, `false`; of a search also `count`');
const elements = query('_elements', 'Names of elements, with commas: these and those that it has to have');
const format = query('_format', '`json`, or `application/fhir+json`; above the header Accept');

const CRITERIA = [
  query('result-id', 'The id of a result, or several with commas'),
  query('_id', 'Ids of resources'),
  query('identifier', 'The id of a result; of an ImagingStudy its study or accession number; beside the others any'),
];
const OF_THE_PAGE = [
  query('_count', 'Entries of a page, up to 1000'),
  query('_offset', 'Where the page begins; links name it'),
  summary,
  elements,
  query('_total', '`none` leaves the number of all that is found out'),
];
const found = { '200': answerOf('A searchset Bundle'), ...refusals(400, 404, 406, 503) };

/** Results to be read as FHIR R4, as OpenAPI 3.1. What goes wrong is told as an OperationOutcome. */
export const FHIR_PATHS = {
  '/fhir/R4/metadata': {
    get: {
      summary: 'What is read here as FHIR R4',
      operationId: 'getFhirCapability',
      security: [],
      parameters: [format],
      responses: { '200': answerOf('A CapabilityStatement'), ...refusals(406) },
    },
  },
  '/fhir/R4/{type}': {
    get: {
      summary: 'Everything of one type that belongs to a result',
      operationId: 'searchFhir',
      parameters: [typeParameter, ...CRITERIA, ...OF_THE_PAGE, format, breakGlassHeader],
      responses: found,
    },
  },
  '/fhir/R4/{type}/_search': {
    post: {
      summary: 'The same by a form; parameters may stand in the address, too',
      operationId: 'searchFhirByForm',
      parameters: [typeParameter, breakGlassHeader],
      requestBody: {
        required: false,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              properties: Object.fromEntries(
                [...CRITERIA, ...OF_THE_PAGE, format].map(({ name, description, schema }) => [
                  name,
                  { ...schema, description },
                ]),
              ),
            },
          },
        },
      },
      responses: { ...found, ...refusals(413, 415) },
    },
  },
  '/fhir/R4/{type}/{id}': {
    get: {
      summary: 'One resource; a single request’s have its id, observations with a number behind it',
      operationId: 'readFhir',
      parameters: [
        typeParameter,
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        summary,
        elements,
        format,
        breakGlassHeader,
      ],
      responses: { '200': answerOf('The resource'), ...refusals(400, 404, 406, 503) },
    },
  },
};
