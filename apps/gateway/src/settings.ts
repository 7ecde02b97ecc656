import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const addresses = z.string().transform((text) => text.split(',').filter((part) => part !== ''));

const environment = z.object({
  MEDSERVE_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'has to be a postgres:// URL'),
  MEDSERVE_PEPPER_FILE: z.string().min(1),
  /** Folder of the keys that sign access tokens, the same for all gateways; absent: `tokens` beside the pepper. */
  MEDSERVE_TOKEN_KEYS_DIR: z.string().min(1).optional(),
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

/** The environment of a gateway. */
export const settingsSchema = environment.refine(
  (found) => found.MEDSERVE_RECORD === 'on' || found.MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS === 'yes',
  {
    path: ['MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS'],
    message: 'has to be "yes" where MEDSERVE_RECORD is "off": answers without a record are for benchmarks only',
  },
);

export type GatewaySettings = z.output<typeof settingsSchema>;
