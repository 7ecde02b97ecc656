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
const query = (name: string, description: string, required = false) => ({
  name,
  in: 'query',
  required,
  description,
  schema: { type: 'string' },
});
const format = query('_format', '`json`, or `application/fhir+json`; above the header Accept');

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
      parameters: [
        typeParameter,
        query('identifier', 'The id of a result, or several with commas; with or without `urn:medserve:result|`', true),
        query('_count', 'Entries of a page, up to 1000'),
        query('_offset', 'Where the page begins; links name it'),
        format,
        breakGlassHeader,
      ],
      responses: { '200': answerOf('A searchset Bundle'), ...refusals(400, 404, 406, 503) },
    },
  },
  '/fhir/R4/{type}/{id}': {
    get: {
      summary: 'One resource; a single request’s have its id, observations with a number behind it',
      operationId: 'readFhir',
      parameters: [
        typeParameter,
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        format,
        breakGlassHeader,
      ],
      responses: { '200': answerOf('The resource'), ...refusals(404, 406, 503) },
    },
  },
};
