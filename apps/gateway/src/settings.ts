import { aeTitle } from '@medserve/delivery';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const dimsePeer = z.strictObject({
  aet: aeTitle,
  /** Whose what it sends is; absent: the home tenant's. */
  tenant: word.optional(),
  site: word.optional(),
  /** The route of all that it sends; absent: rules choose. */
  route: word.optional(),
});
const addresses = z.string().transform((text) => text.split(',').filter((part) => part !== ''));

/** A variable that holds JSON of a shape. */
const json = <T extends z.ZodType>(shape: T) =>
  z.string().transform((text, context): z.output<T> => {
    const parsed = shape.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue(`${path.join('.') || 'it'}: ${message}`);
    return z.NEVER;
  });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const environment = z.object({
  MEDSERVE_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'has to be a postgres:// URL'),
  MEDSERVE_PEPPER_FILE: z.string().min(1),
  /** Folder of the keys that sign access tokens, the same for all gateways; absent: `tokens` beside the pepper. */
  MEDSERVE_TOKEN_KEYS_DIR: z.string().min(1).optional(),
  /** A session of the page that nobody uses for so many minutes ends. */
  MEDSERVE_SIGN_IN_IDLE_MINUTES: z.coerce.number().int().min(2).max(720).default(30),
  /** So many hours a session of the page lives at most. */
  MEDSERVE_SIGN_IN_HOURS: z.coerce.number().int().min(1).max(24).default(12),
  /** Folder of the secrets of the clients that issuers know this platform as, the same for all gateways; absent: `sign-in` beside the pepper. */
  MEDSERVE_SIGN_IN_SECRETS_DIR: z.string().min(1).optional(),
  /** Where callers reach the platform, the same for all gateways; absent: where this one listens. */
  MEDSERVE_PUBLIC_URL: z
    .string()
    .regex(/^https?:\/\/[^/?#\s]+$/, 'has to be an http:// or https:// URL without a path')
    .optional(),
  /** The secret of the references to patients in records; absent: `references` beside the pepper. */
  MEDSERVE_REFERENCES_FILE: z.string().min(1).optional(),
  /** The secret under which stored answers are sealed; absent: `content` beside the pepper. */
  MEDSERVE_CONTENT_KEY_FILE: z.string().min(1).optional(),
  MEDSERVE_ROUTER: z.string().regex(/^[^:]+:\d+$/, 'has to be host:port'),
  /** Where the scaler is, whose decisions operators are shown; absent: none are. */
  MEDSERVE_SCALER: z
    .string()
    .regex(/^[^:]+:\d+$/, 'has to be host:port')
    .optional(),
  /** Folder of the certificate by which this gateway is known to the router; absent: no TLS between services. */
  MEDSERVE_TLS_DIR: z.string().optional(),
  /** Folder of the certificate by which callers know this gateway; absent: they speak in the clear, as on one machine. */
  MEDSERVE_DOOR_TLS_DIR: z.string().optional(),
  MEDSERVE_HTTP_HOST: z.string().default('127.0.0.1'),
  MEDSERVE_HTTP_PORT: port.default(8080),
  MEDSERVE_GRPC_PORT: port.default(8081),
  /** Folder of the built console, the page that people look at; absent: there is none. */
  MEDSERVE_CONSOLE_DIR: z.string().min(1).optional(),
  /** Where received studies and results are kept, the same for all gateways; absent: `studies` in the folder of the keys' folder. */
  MEDSERVE_STUDIES_DIR: z.string().min(1).optional(),
  /** Days that a study and its results stay after their last change; 0: until somebody orders them removed. */
  MEDSERVE_STUDIES_KEEP_DAYS: z.coerce.number().int().min(0).max(36_500).default(30),
  /** Where DICOM nodes reach this one; absent: it is none. */
  MEDSERVE_DIMSE_PORT: port.optional(),
  MEDSERVE_DIMSE_HOST: z.string().default('127.0.0.1'),
  /** Our own AE title. */
  MEDSERVE_AET: aeTitle.default('MEDSERVE'),
  /** Folder of the certificate by which DICOM nodes know this one, and the port where they are spoken to under TLS. */
  MEDSERVE_DIMSE_TLS_DIR: z.string().min(1).optional(),
  MEDSERVE_DIMSE_TLS_PORT: port.optional(),
  /** Who may associate, by calling AE title; absent: whoever reaches the listener, which then has to be on loopback. */
  MEDSERVE_DIMSE_PEERS: json(z.array(dimsePeer).max(1_024)).optional(),
  /** Where results go: an array of destinations, in which `"file:PATH"` stands for those of a YAML file; or `file:PATH` alone. */
  MEDSERVE_DESTINATIONS: z.string().default('[]'),
  /** Folders of routes, which say what is done with a study; absent: studies are kept, and nothing is run on them. */
  MEDSERVE_ROUTES: z
    .string()
    .transform((text) => text.split(':').filter((part) => part !== ''))
    .default([]),
  MEDSERVE_DECODE_WORKERS: z.coerce.number().int().min(1).max(64).default(2),
  /** Where other processes serve their metrics, which the gateway merges: URLs, and `file:PATH` of a JSON array of some. */
  MEDSERVE_METRICS_PEERS: addresses.default([]),
  /** Memory for answers of models that allow it to be kept (`response_cache`); 0: none are. */
  MEDSERVE_CACHE_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(256 << 20),
  /** Requests of one client that may be inside a gateway at once where no quota says otherwise. */
  MEDSERVE_CLIENT_CONCURRENCY: z.coerce.number().int().min(1).max(100_000).default(256),
  /** Events that may wait to be written to the ledger; at it new requests are refused. */
  MEDSERVE_OUTBOX_MAX_EVENTS: z.coerce.number().int().min(1).default(1_000_000),
  /** Bytes that they may take. */
  MEDSERVE_OUTBOX_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(2 * 1024 ** 3),
  /** `off` answers without an audit record: to measure what the record costs, never to serve. */
  MEDSERVE_RECORD: z.enum(['on', 'off']).default('on'),
  /** `yes`, which nobody writes by accident, has to stand beside a record that is off. */
  MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS: z.string().optional(),
});

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** The environment of a gateway. */
export const settingsSchema = environment
  .refine((found) => found.MEDSERVE_RECORD === 'on' || found.MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS === 'yes', {
    path: ['MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS'],
    message: 'has to be "yes" where MEDSERVE_RECORD is "off": answers without a record are for benchmarks only',
  })
  .refine((found) => found.MEDSERVE_DIMSE_PEERS !== undefined || LOOPBACK.test(found.MEDSERVE_DIMSE_HOST), {
    path: ['MEDSERVE_DIMSE_PEERS'],
    message:
      'has to say who may associate where MEDSERVE_DIMSE_HOST is not on loopback: an AE title alone proves nothing',
  })
  .refine((found) => (found.MEDSERVE_DIMSE_TLS_DIR === undefined) === (found.MEDSERVE_DIMSE_TLS_PORT === undefined), {
    path: ['MEDSERVE_DIMSE_TLS_DIR'],
    message: 'and MEDSERVE_DIMSE_TLS_PORT are given together',
  });

export type GatewaySettings = z.output<typeof settingsSchema>;
