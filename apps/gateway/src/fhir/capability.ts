import type { CapabilityStatement, ResourceType } from '@medserve/interop';
import { EQUIPMENT } from './equipment';
import { SERVED } from './fhir-table';

/** When what is said here last changed. */
const CHANGED = '2026-11-27';

type SearchParameter = CapabilityStatement['rest'][number]['resource'][number]['searchParam'][number];

const SEARCH_PARAMETERS = 'http://hl7.org/fhir/SearchParameter';

/** Of those types that have an identifier in R4. */
const IDENTIFIERS: Partial<Record<ResourceType, string>> = {
  DiagnosticReport: 'clinical-identifier',
  Observation: 'clinical-identifier',
  ImagingStudy: 'clinical-identifier',
  Device: 'Device-identifier',
};

const IDENTIFIER_OF_RESULT = 'The id of a result is taken here as that of all that belongs to it.';
const IDENTIFIER_OF_STUDY = 'The study (urn:dicom:uid|urn:oid:UID), or its accession number, which has no system.';
const IDENTIFIER_AMONG = 'Others choose among what result-id and _id find, and are refused without these.';

/** By what resources of a type are searched. R4 has no parameter for the result, of which all of them are a part. */
const searchParametersOf = (type: ResourceType): SearchParameter[] => {
  const identifier = IDENTIFIERS[type];
  const said = [...(type === 'ImagingStudy' ? [IDENTIFIER_OF_STUDY] : []), IDENTIFIER_OF_RESULT, IDENTIFIER_AMONG];
  return [
    { name: '_id', definition: `${SEARCH_PARAMETERS}/Resource-id`, type: 'token' },
    {
      name: 'result-id',
      definition: 'urn:medserve:search-parameter:result-id',
      type: 'token',
      documentation: 'The id of a result (GET /v1/results/{id}): everything of the type that belongs to it.',
    },
    {
      name: 'identifier',
      ...(identifier === undefined ? {} : { definition: `${SEARCH_PARAMETERS}/${identifier}` }),
      type: 'token',
      documentation: said.join(' '),
    },
  ];
};

/** What this server can do, from the table by which it does it. @param url of the FHIR API */
export const capabilityOf = (url: string): CapabilityStatement => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: CHANGED,
  publisher: EQUIPMENT.manufacturer,
  kind: 'instance',
  software: { name: EQUIPMENT.model, version: EQUIPMENT.version },
  implementation: { description: 'Results of AI models, to be read', url },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'json'],
  rest: [
    {
      mode: 'server',
      documentation: 'Every read is on record before it is answered.',
      security: {
        service: [
          {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
                code: 'SMART-on-FHIR',
                display: 'SMART-on-FHIR',
              },
            ],
          },
        ],
        description: 'A bearer token or an API key with the scope result:read; the SMART scope system/*.rs gives it.',
      },
      resource: SERVED.map(({ type, interactions }) => ({
        type,
        profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
        interaction: interactions.map((code) => ({ code })),
        versioning: 'no-version',
        searchParam: interactions.includes('search-type') ? searchParametersOf(type) : [],
      })),
    },
  ],
});
