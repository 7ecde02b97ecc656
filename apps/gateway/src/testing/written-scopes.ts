import type { Scope } from '@medserve/security';

const MODELS = ['/v2/models/:name', '/v2/models/:name/versions/:version'];
const MEMORIES = ['/v2/systemsharedmemory', '/v2/cudasharedmemory'];
const OF_MEMORY = MEMORIES.flatMap((memory) => [memory, `${memory}/region/:region`]);
const REPOSITORIES = ['/v2/repository', '/v2/repository/:repository'];

/** `METHOD path` for every path and what follows it. */
const each = (method: string, paths: readonly string[], rests: readonly string[]): string[] =>
  paths.flatMap((path) => rests.map((rest) => `${method} ${path}${rest}`));

const STUDY = '/dicom-web/studies/:study';
const SERIES = `${STUDY}/series/:series`;
const INSTANCE = `${SERIES}/instances/:instance`;
const FRAMES = `${INSTANCE}/frames/:frames`;

const HTTP: Partial<Record<Scope, readonly string[]>> = {
  infer: [
    ...each('POST', ['/dicom-web', '/dicom-web/:route'], ['/studies', '/studies/:study']),
    'POST /dicom-web/workitems',
    'POST /dicom-web/workitems/:workitem',
    'PUT /dicom-web/workitems/:workitem/state',
    'POST /dicom-web/workitems/:workitem/cancelrequest',
    'POST /v1/infer',
    'POST /v1/inspect',
    'POST /v1/jobs',
    'POST /v1/jobs/:id/cancel',
    'POST /v1/chat/completions',
    'POST /v1/embeddings',
    'POST /v1/sessions',
    'GET /v1/sessions/:id',
    'DELETE /v1/sessions/:id',
    'POST /v1/sessions/:id/turns',
    'POST /v1/files',
    'GET /v1/files/:id',
    'DELETE /v1/files/:id',
    'POST /v1/deliveries/requeue',
    'POST /v1/deliveries/:id/requeue',
    'POST /v1/studies/:uid/go',
    'POST /v1/studies/:uid/requeue',
    'POST /v1/studies/:uid/cancel',
    ...each('POST', MODELS, ['/infer', '/generate', '/generate_stream']),
  ],
  'model:read': [
    'GET /v1/models',
    'GET /v1/models/:name',
    'GET /v1/models/:name/default',
    'GET /v1/pools',
    'GET /v2',
    'GET /v2/models',
    'GET /v2/models/stats',
    ...each('GET', MODELS, ['', '/config', '/ready', '/stats', '/trace/setting']),
    'GET /v2/trace/setting',
    'GET /v2/logging',
    ...each('POST', REPOSITORIES, ['/index']),
    ...each('GET', OF_MEMORY, ['/status']),
  ],
  'model:manage': [
    'POST /v1/cache/purge',
    'PUT /v1/models/:name/default',
    'POST /v1/models/:name/default/back',
    ...each('POST', REPOSITORIES, ['/models/:name/load', '/models/:name/unload']),
    ...each('POST', MODELS, ['/trace/setting']),
    'POST /v2/trace/setting',
    'POST /v2/logging',
    ...each('POST', OF_MEMORY, ['/register', '/unregister']),
  ],
  'result:read': [
    ...each('GET', ['/dicom-web'], ['/studies', '/series', '/instances']),
    ...each('GET', [STUDY], ['/series', '/instances', '/series/:series/instances']),
    ...each('GET', [STUDY, SERIES, INSTANCE], ['', '/metadata', '/rendered', '/thumbnail']),
    ...each('GET', [FRAMES], ['', '/rendered', '/thumbnail']),
    `GET ${INSTANCE}/bulkdata/*`,
    'GET /dicom-web/workitems',
    'GET /dicom-web/workitems/:workitem',
    'POST /dicom-web/workitems/:workitem/subscribers/:aet',
    'POST /dicom-web/workitems/:workitem/subscribers/:aet/suspend',
    'DELETE /dicom-web/workitems/:workitem/subscribers/:aet',
    'GET /dicom-web/subscribers/:aet',
    'GET /v1/results/:id',
    'GET /v1/results/:id/review',
    'GET /v1/jobs',
    'GET /v1/jobs/:id',
    'GET /v1/jobs/:id/events',
    'GET /v1/studies',
    'GET /v1/deliveries',
    'GET /v1/studies/:uid',
    'GET /v1/study-routes',
    'GET /fhir/R4/:type',
    'GET /fhir/R4/:type/:id',
    'POST /fhir/R4/:type/_search',
  ],
  'result:attest': ['POST /v1/results/:id/review'],
  'audit:read': ['GET /v1/audit', 'GET /v1/audit/:id', 'POST /v1/audit/search'],
  'audit:export': ['GET /v1/audit/log/checkpoint', 'GET /v1/audit/log/key', 'GET /v1/audit/log/tile/*'],
  'usage:read': ['GET /v1/quotas', 'GET /v1/usage'],
  'key:manage': ['GET /v1/keys', 'POST /v1/keys', 'DELETE /v1/keys/:id'],
  'break-glass:request': ['POST /v1/break-glass', 'GET /v1/break-glass/:id', 'POST /v1/break-glass/:id/withdraw'],
  'break-glass:approve': ['GET /v1/break-glass', 'POST /v1/break-glass/:id/approve', 'DELETE /v1/break-glass/:id'],
};

const MEMORY_CALLS = ['System', 'Cuda'].flatMap((kind) =>
  ['Status', 'Register', 'Unregister'].map((verb) => `${kind}SharedMemory${verb}`),
);

const GRPC: Partial<Record<Scope, readonly string[]>> = {
  infer: [
    '/medserve.v1.MedServe/Infer',
    '/medserve.v1.MedServe/InferStream',
    '/inference.GRPCInferenceService/ModelInfer',
    '/inference.GRPCInferenceService/ModelStreamInfer',
  ],
  'model:read': [
    '/medserve.v1.MedServe/ListModels',
    '/medserve.v1.MedServe/GetModel',
    ...['ModelReady', 'ServerMetadata', 'ModelMetadata', 'ModelConfig', 'ModelStatistics', 'RepositoryIndex'].map(
      (name) => `/inference.GRPCInferenceService/${name}`,
    ),
  ],
  'result:read': ['/medserve.v1.MedServe/GetResult'],
  'model:manage': [
    ...['RepositoryModelLoad', 'RepositoryModelUnload', ...MEMORY_CALLS, 'TraceSetting', 'LogSettings'].map(
      (name) => `/inference.GRPCInferenceService/${name}`,
    ),
  ],
};

const inverted = (table: Partial<Record<Scope, readonly string[]>>): ReadonlyMap<string, Scope> =>
  new Map(Object.entries(table).flatMap(([scope, names]) => names.map((name) => [name, scope as Scope])));

/**
 * Which scope each `METHOD path` asks for, written down a second time, beside the code: a route that came to ask for a weaker one
 * is seen. A new one is added by who answers for it. `HEAD` asks for what `GET` does.
 */
export const HTTP_SCOPES = inverted(HTTP);

/** The same of the gRPC methods, by their paths. */
export const GRPC_SCOPES = inverted(GRPC);
