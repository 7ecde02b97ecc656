import { MODALITIES, TASKS } from '@medserve/clinical';
import { ANSWER_PATHS, ANSWER_SCHEMAS } from './answers';
import { ASKING_PATHS, WISHES } from './asking';
import { AUDIT_PATHS, AUDIT_SCHEMAS } from './audit';
import { DELIVERY_PATHS, DELIVERY_SCHEMAS } from './deliveries';
import { DICOM_WEB_PATHS } from './dicomweb';
import { withDoorRefusals } from './door-refusals';
import { FHIR_PATHS } from './fhir';
import { IDENTITY_PATHS, IDENTITY_SCHEMAS } from './identity';
import { INSPECT_PATHS, INSPECT_SCHEMAS } from './inspect';
import { JOB_PATHS, JOB_SCHEMAS } from './jobs';
import { MODEL_PATHS, MODEL_SCHEMAS } from './models';
import { OIP_PATHS, OIP_SCHEMAS } from './open-inference';
import { OPENAI_PATHS, OPENAI_SCHEMAS } from './openai';
import { PLATFORM_PATHS, PLATFORM_SCHEMAS } from './platform';
import { POOL_PATHS, POOL_SCHEMAS } from './pools';
import { SESSION_PATHS, SESSION_SCHEMAS } from './sessions';
import { SIGN_IN_PATHS, SIGN_IN_SCHEMAS } from './sign-in';
import { STUDY_PATHS, STUDY_SCHEMAS } from './studies';
import { USAGE_PATHS, USAGE_SCHEMAS } from './usage';
import { WORKITEM_PATHS } from './workitems';

/** The native REST API and the Open Inference Protocol as OpenAPI 3.1. */
export const openApiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'MedServe',
    version: '1',
    description:
      'Medical images in, typed and audited answers out. Not for clinical use with the reference models. ' +
      `Modalities: ${[...MODALITIES.keys()].join(', ')}. Tasks: ${[...TASKS.values()].flatMap(({ id, isPublic }) => (isPublic ? [id] : [])).join(', ')}.`,
  },
  security: [{ key: [] }],
  paths: withDoorRefusals({
    ...ASKING_PATHS,
    ...INSPECT_PATHS,
    ...JOB_PATHS,
    ...ANSWER_PATHS,
    ...MODEL_PATHS,
    ...AUDIT_PATHS,
    ...POOL_PATHS,
    ...USAGE_PATHS,
    ...STUDY_PATHS,
    ...DELIVERY_PATHS,
    ...DICOM_WEB_PATHS,
    ...WORKITEM_PATHS,
    ...FHIR_PATHS,
    ...SESSION_PATHS,
    ...IDENTITY_PATHS,
    ...SIGN_IN_PATHS,
    ...OIP_PATHS,
    ...OPENAI_PATHS,
    ...PLATFORM_PATHS,
  }),
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    schemas: {
      InferenceRequest: WISHES,
      ...ANSWER_SCHEMAS,
      ...MODEL_SCHEMAS,
      ...INSPECT_SCHEMAS,
      ...AUDIT_SCHEMAS,
      ...POOL_SCHEMAS,
      ...USAGE_SCHEMAS,
      ...JOB_SCHEMAS,
      ...STUDY_SCHEMAS,
      ...DELIVERY_SCHEMAS,
      ...SESSION_SCHEMAS,
      ...IDENTITY_SCHEMAS,
      ...SIGN_IN_SCHEMAS,
      ...OIP_SCHEMAS,
      ...OPENAI_SCHEMAS,
      ...PLATFORM_SCHEMAS,
    },
  },
};
