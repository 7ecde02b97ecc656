/*
 * The rooms of a part of the platform, the folders of its source, in storeys from the ground up. A room imports rooms of the storeys
 * below its own and none beside it or above, so no two import each other, and no ring of them does. A new room is written in here, as
 * low as what it imports lets it stand. Files beside the rooms, settings and lists of what is exported, belong to all of them; specs, and
 * what is there for tests alone, may look anywhere.
 */
module.exports = {
  'apps/gateway': [
    ['http', 'privacy'],
    ['activities', 'console', 'health', 'metrics', 'pools', 'quotas'],
    ['break-glass', 'dicomweb', 'infer'],
    ['adapters', 'caching', 'intake', 'records', 'studies', 'usage'],
    ['dimse', 'fhir', 'files', 'oip', 'review'],
    ['audit', 'deliveries', 'identity', 'inspect', 'jobs', 'openai', 'results'],
    ['chat', 'models', 'oversight', 'rest', 'sign-in', 'workitems'],
    ['capabilities', 'grpc'],
    ['openapi'],
    ['door'],
    ['start'],
  ],
  'apps/inference': [['host'], ['writing'], ['model'], ['pod']],
  'apps/scaler': [['demand'], ['decisions'], ['keda']],
  'apps/router': [['demand']],
  'apps/cli': [['home', 'output'], ['catalog', 'client', 'up'], ['commands']],
  'libs/archive': [
    ['files', 'index'],
    ['intake', 'retention'],
  ],
  'libs/clinical': [
    ['answers', 'language', 'privacy'],
    ['pixels', 'studies', 'tasks'],
    ['generation', 'geometry', 'modalities'],
    ['readers', 'text-readers'],
  ],
  'libs/dimse': [['pdu', 'uids'], ['message'], ['server'], ['client']],
  'libs/serving': [
    ['batching', 'caching', 'generation', 'monitoring', 'queue', 'quotas', 'residency', 'routing', 'scaling'],
    ['arrival'],
  ],
};
