import { z } from 'zod';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Host names and addresses; no scheme, path, user or query, so that nothing else can hide in one. */
const host = z
  .string()
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|[0-9A-Fa-f:]{2,39})$/, 'has to be a host name or an address');
const port = z.int().min(1).max(65_535);
const file = z.string().min(1).max(4_096);
/** PS3.5 6.2, AE: 1 to 16 characters of the default repertoire but the backslash, not only spaces. */
export const aeTitle = z
  .string()
  .regex(
    /^(?! *$)[\x20-\x5b\x5d-\x7e]{1,16}$/,
    'has to be an AE title: 1 to 16 printable characters without a backslash',
  )
  .transform((title) => title.trim());

const url = z
  .string()
  .max(512)
  .transform((text, context) => {
    const found = URL.parse(text);
    const isPlain = found && found.username === '' && found.password === '' && found.search === '' && found.hash === '';
    if (isPlain && /^https?:$/.test(found.protocol)) return `${found.origin}${found.pathname.replace(/\/+$/, '')}`;
    context.addIssue('has to be an http:// or https:// URL without credentials, "?" and "#"');
    return z.NEVER;
  });

/** How a destination is known, and by what we are known to it; empty: TLS with the authorities of the machine. */
const tls = z
  .strictObject({
    /** PEM of the authorities that may vouch for it; absent: those of the machine. */
    caFile: file.optional(),
    certFile: file.optional(),
    keyFile: file.optional(),
    /** The name that its certificate has to carry, where it is not the host's. */
    serverName: host.optional(),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    message: 'needs certFile and keyFile together',
  });

const retry = z.strictObject({
  /** Ceiling of the first wait; each further one is twice as high, and the wait is a random part of it. */
  baseMs: z.int().min(100).max(HOUR_MS).default(2_000),
  /** No ceiling is higher. */
  mostMs: z
    .int()
    .min(100)
    .max(24 * HOUR_MS)
    .default(5 * MINUTE_MS),
  /** Of those that were answered: a receiver that is down uses none of them up. */
  maxAttempts: z.int().min(1).max(10_000).default(20),
  /** A weekend and the day after it. */
  maxAgeHours: z.number().positive().max(8_760).default(72),
});

const basicAuth = z.strictObject({
  kind: z.literal('basic'),
  user: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^:]*$/, 'may have no ":"'),
  passwordFile: file,
});
const bearerAuth = z.strictObject({ kind: z.literal('bearer'), tokenFile: file });
/** SMART Backend Services (HL7 SMART App Launch 2.2, "Backend Services"). */
const smartAuth = z.strictObject({
  kind: z.literal('smart-backend'),
  tokenUrl: url,
  clientId: z.string().min(1).max(256),
  /** PKCS #8 in PEM: an RSA key signs RS384, one on P-384 ES384. */
  keyFile: file,
  keyId: z.string().min(1).max(256),
  scope: z.string().min(1).max(512).default('system/*.cu'),
});

const headers = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/),
    z
      .string()
      .max(1_024)
      .regex(/^[\x20-\x7e]*$/),
  )
  .refine(
    (found) =>
      !Object.keys(found).some((name) => /^(authorization|host|content-.*|transfer-encoding|connection)$/i.test(name)),
    'may not set headers of ours',
  )
  .default({});

/** What a destination of DICOM objects takes. */
const OBJECT_KINDS = ['sr', 'seg', 'sc', 'gsps'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** HD.1 of HL7 2.5.1, without its separators. */
const hl7Word = z.string().regex(/^[^|^~\\&\r\n]{1,20}$/, 'has to be 1 to 20 characters without | ^ ~ \\ and &');

const takes = z
  .array(z.enum(OBJECT_KINDS))
  .min(1)
  .default([...OBJECT_KINDS]);

const shared = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'has to be a word of at most 64 letters, digits, ".", "_" and "-"'),
  /** Whose results go there, and no other tenant's. */
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .default('home'),
  /** Deliveries to it at once. */
  concurrency: z.int().min(1).max(16).default(2),
  /** For one attempt, from the first byte to the last answer. */
  timeoutMs: z
    .int()
    .min(1_000)
    .max(HOUR_MS)
    .default(2 * MINUTE_MS),
  retry: retry.prefault({}),
};

const dicom = z.strictObject({
  ...shared,
  kind: z.literal('dicom'),
  aet: aeTitle,
  host,
  port,
  tls: tls.optional(),
  callingAet: aeTitle.optional(),
  takes,
});
const stow = z.strictObject({
  ...shared,
  kind: z.literal('stow'),
  url,
  tls: tls.optional(),
  auth: z.discriminatedUnion('kind', [basicAuth, bearerAuth]).optional(),
  headers,
  takes,
});
const hl7 = z.strictObject({
  ...shared,
  kind: z.literal('hl7'),
  host,
  port,
  tls: tls.optional(),
  /** Acknowledgements that are no last word (HL7 table 0008). */
  retryCodes: z.array(z.enum(['AE', 'AR', 'CE', 'CR'])).default(['AE', 'CE']),
  /** MSH-3 to MSH-6. */
  sendingApplication: hl7Word.optional(),
  sendingFacility: hl7Word.optional(),
  receivingApplication: hl7Word.optional(),
  receivingFacility: hl7Word.optional(),
  /** Who gives patient ids of which the images do not say it (PID-3.4). */
  patientAuthority: hl7Word.optional(),
  /** MSH-11. */
  processing: z.enum(['P', 'T', 'D']).default('P'),
  /**
   * Which answers are asked for: `original` mode has one, `accept` is enhanced mode's, that the message is kept, `application` that one
   * and the application's own after it.
   */
  acknowledgement: z.enum(['original', 'accept', 'application']).default('original'),
});
const fhir = z.strictObject({
  ...shared,
  kind: z.literal('fhir'),
  url,
  tls: tls.optional(),
  auth: z.discriminatedUnion('kind', [basicAuth, bearerAuth, smartAuth]).optional(),
  headers,
});
const webhook = z.strictObject({
  ...shared,
  kind: z.literal('webhook'),
  url,
  tls: tls.optional(),
  secretFile: file,
  headers,
});

export const destinationSchema = z.discriminatedUnion('kind', [dicom, stow, hl7, fhir, webhook]);

export type DestinationSettings = z.output<typeof destinationSchema>;
export type DestinationKind = DestinationSettings['kind'];
export type SettingsOf<K extends DestinationKind> = Extract<DestinationSettings, { kind: K }>;
export type TlsSettings = z.output<typeof tls>;
export type AuthSettings = NonNullable<SettingsOf<'fhir'>['auth']>;
export type RetrySettings = z.output<typeof retry>;
