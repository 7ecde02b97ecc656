import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const addresses = z.string().transform((text) => text.split(',').filter((part) => part !== ''));

/** The environment of a gateway. */
export const settingsSchema = z.object({
  MEDSERVE_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'has to be a postgres:// URL'),
  MEDSERVE_PEPPER_FILE: z.string().min(1),
  MEDSERVE_ROUTER: z.string().regex(/^[^:]+:\d+$/, 'has to be host:port'),
  MEDSERVE_HTTP_HOST: z.string().default('127.0.0.1'),
  MEDSERVE_HTTP_PORT: port.default(8080),
  MEDSERVE_GRPC_PORT: port.default(8081),
  MEDSERVE_DECODE_WORKERS: z.coerce.number().int().min(1).max(64).default(2),
  /** Where other processes serve their metrics; the gateway merges them. */
  MEDSERVE_METRICS_PEERS: addresses.default([]),
});

export type GatewaySettings = z.output<typeof settingsSchema>;
