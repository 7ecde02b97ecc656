import type { CapabilityStatement } from '@medserve/interop';
import { EQUIPMENT } from './equipment';
import { SERVED } from './fhir-table';

/** When what is said here last changed. */
const CHANGED = '2026-11-26';

/** By which everything is found: also what has no identifier in R4, which is part of a result that has one. */
const OF_RESULT = {
  name: 'identifier',
  type: 'token',
  documentation: 'The id of the result (GET /v1/results/{id}), with or without the system urn:medserve:result.',
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
        description: 'A bearer token or an API key with the scope result:read.',
      },
      resource: SERVED.map(({ type, interactions }) => ({
        type,
        profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
        interaction: interactions.map((code) => ({ code })),
        versioning: 'no-version',
        searchParam: interactions.includes('search-type') ? [OF_RESULT] : [],
      })),
    },
  ],
});
