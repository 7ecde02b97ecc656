/**
 * What kind of failure it is, for the doors to translate: HTTP status in the gateway, gRPC status in `libs/rpc`.
 * The words say what went wrong, never how a transport spells it.
 */
export type Category =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'gone'
  | 'conflict'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'unsupported'
  | 'unsupported_media'
  | 'unprocessable'
  | 'too_large'
  | 'exhausted'
  | 'unavailable'
  | 'deadline'
  | 'cancelled'
  | 'upstream'
  | 'internal';

interface ReasonEntry {
  readonly category: Category;
  readonly title: string;
  /** What the caller does next when the thrower has nothing better to say. */
  readonly remedy: string;
  /** Default wait before a retry makes sense, in milliseconds; absent where a retry cannot help. */
  readonly retryAfterMs?: number;
}

/** Every reason that a caller can meet. The key is the stable `code` of the native API; it never changes its meaning. */
export const REASONS = {
  invalid_request: {
    category: 'invalid',
    title: 'The request is not well formed',
    remedy: 'Correct the named field; the request schema is in GET /openapi.json.',
  },
  unauthenticated: {
    category: 'unauthenticated',
    title: 'No valid credential was given',
    remedy:
      'Send the header "Authorization: Bearer KEY" with a key from "medserve keys create" or the one printed at start.',
  },
  forbidden: {
    category: 'forbidden',
    title: 'The credential does not allow this',
    remedy: 'Use a key that has the named scope, or ask an administrator for one.',
  },
  break_glass_refused: {
    category: 'forbidden',
    title: 'The break-glass grant does not allow this',
    remedy:
      'Ask for a grant with POST /v1/break-glass, have a second person approve it, and use it yourself within its time.',
  },
  not_found: {
    category: 'not_found',
    title: 'There is no such thing',
    remedy: 'Check the path and the id; GET /openapi.json lists the paths.',
  },
  result_shredded: {
    category: 'gone',
    title: 'The stored answer was destroyed on purpose',
    remedy: 'Nothing: its key was destroyed. GET /v1/audit/{id} shows its record.',
  },
  method_not_allowed: {
    category: 'method_not_allowed',
    title: 'The path does not take this method',
    remedy: 'Use a method that the header Allow names; GET /openapi.json lists the paths.',
  },
  not_acceptable: {
    category: 'not_acceptable',
    title: 'There is no such representation',
    remedy: 'Ask in the header Accept for a media type and transfer syntax that GET /dicom-web lists.',
  },
  study_removed: {
    category: 'gone',
    title: 'The study was here and was removed',
    remedy: 'Nothing here: it was kept as long as it had to be. Ask the archive that sent it.',
  },
  unsupported: {
    category: 'unsupported',
    title: 'This is not offered here',
    remedy: 'Do without it; GET /v2 lists the extensions that are offered.',
  },
  unsupported_media: {
    category: 'unsupported_media',
    title: 'This is not an image type that is read here',
    remedy:
      'Send application/dicom, image/png, image/jpeg, image/tiff, or NIfTI as application/octet-stream or application/gzip.',
  },
  unreadable_image: {
    category: 'unprocessable',
    title: 'The image cannot be read',
    remedy: 'Send the whole, undamaged file again.',
  },
  unsupported_transfer_syntax: {
    category: 'unprocessable',
    title: 'The DICOM transfer syntax is not supported',
    remedy: 'Convert the object to Explicit VR Little Endian, JPEG, JPEG-LS, JPEG 2000 or RLE, and send it again.',
  },
  modality_mismatch: {
    category: 'unprocessable',
    title: 'The declared modality is not what the image shows',
    remedy: 'Correct or drop "modality", or set "allowMismatch" to true if you are sure.',
  },
  modality_unrecognised: {
    category: 'unprocessable',
    title: 'Nothing says what was imaged',
    remedy: 'Declare "modality", or send the DICOM object with its header.',
  },
  mixed_series: {
    category: 'unprocessable',
    title: 'The files do not form one series',
    remedy: 'Send the files of one series in one request, other series in requests of their own.',
  },
  model_not_found: {
    category: 'not_found',
    title: 'There is no such model',
    remedy: 'Choose a model that GET /v1/models lists.',
  },
  task_not_found: {
    category: 'not_found',
    title: 'There is no such task',
    remedy: 'Choose a task that GET /v1/models lists with a model.',
  },
  task_not_available: {
    category: 'unprocessable',
    title: 'No model does this task for this modality',
    remedy: 'Choose a task that GET /v1/models lists for the modality, or add a model package.',
  },
  idempotency_key_reused: {
    category: 'unprocessable',
    title: 'The idempotency key was used with another request',
    remedy: 'Use a new Idempotency-Key for a new request.',
  },
  workitem_exists: {
    category: 'conflict',
    title: 'There is a workitem of this UID',
    remedy: 'Create it with another UID, or with none: one is then given.',
  },
  workitem_state: {
    category: 'conflict',
    title: 'The workitem is not in a state that allows this',
    remedy: 'GET /dicom-web/workitems/{workitem} shows its state.',
  },
  workitem_removed: {
    category: 'gone',
    title: 'The workitem was here and was removed',
    remedy: 'Nothing: it had ended, and was kept as long as it had to be.',
  },
  job_state: {
    category: 'conflict',
    title: 'The request is not in a state that allows this',
    remedy: 'Only jobs can be cancelled: send what may take long to POST /v1/jobs, or with "Prefer: respond-async".',
  },
  study_state: {
    category: 'unprocessable',
    title: 'The study is not in a state that allows this',
    remedy: 'GET /v1/studies/{uid} shows its state and what it waits for.',
  },
  too_large: {
    category: 'too_large',
    title: 'The request exceeds a limit',
    remedy: 'Send less at once; "limit" names the limit and its value.',
  },
  quota_exceeded: {
    category: 'exhausted',
    title: 'The quota is used up',
    remedy: 'Wait for the time in Retry-After and send the request again.',
    retryAfterMs: 1000,
  },
  session_busy: {
    category: 'exhausted',
    title: 'The session is answering another turn',
    remedy: 'Wait for the time in Retry-After and send the turn again: turns are answered one at a time.',
    retryAfterMs: 1000,
  },
  overloaded: {
    category: 'unavailable',
    title: 'All places in the queue are taken',
    remedy: 'Wait for the time in Retry-After and send the request again.',
    retryAfterMs: 1000,
  },
  unavailable: {
    category: 'unavailable',
    title: 'A part of the platform is not reachable',
    remedy: 'Wait for the time in Retry-After and send the request again; "medserve doctor" tells which part.',
    retryAfterMs: 2000,
  },
  model_loading: {
    category: 'unavailable',
    title: 'The model is being loaded',
    remedy: 'Wait for the time in Retry-After and send the request again.',
    retryAfterMs: 2000,
  },
  model_unloaded: {
    category: 'unavailable',
    title: 'The model was unloaded on request',
    remedy: 'Load it with POST /v2/repository/models/{name}/load, or choose another model.',
  },
  model_broken: {
    category: 'unavailable',
    title: 'The model package cannot be served',
    remedy: 'Ask the operator to look at the package; "medserve models" shows what is wrong with it.',
  },
  model_untrusted: {
    category: 'unavailable',
    title: 'The model is not signed and approved as the trust policy wants',
    remedy: 'Choose another model; operators: "medserve models verify DIR" says what is missing or was altered.',
  },
  model_default_changed: {
    category: 'conflict',
    title: 'The default version was changed meanwhile',
    remedy: 'Look at it with GET /v1/models/{name}/default, and decide anew.',
  },
  deadline_exceeded: {
    category: 'deadline',
    title: 'The deadline passed before there was an answer',
    remedy: 'Send the request with a longer "deadlineMs", or as a job by POST /v1/jobs.',
  },
  cancelled: {
    category: 'cancelled',
    title: 'The caller went away',
    remedy: 'Nothing: the work was stopped and recorded as cancelled.',
  },
  inference_failed: {
    category: 'upstream',
    title: 'The model failed under the request',
    remedy: 'Check that the input is what the model takes; if it is, tell the operator the request id.',
  },
  internal: {
    category: 'internal',
    title: 'MedServe made a mistake',
    remedy: 'Tell the operator the request id.',
  },
} as const satisfies Record<string, ReasonEntry>;

export type Reason = keyof typeof REASONS;
