/** What a webhook may tell of. */
export type WebhookType = 'study.completed' | 'study.skipped' | 'study.failed';

/**
 * What a webhook says: that something happened, and where who may read it finds it. It names results by their ids and nothing of a
 * patient: no UID of a study, no accession number.
 */
export interface WebhookEvent {
  readonly type: WebhookType;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly data: {
    /** Route by which the study was read, where one was chosen. */
    readonly route?: string;
    readonly generation: number;
    /** A word, where it was skipped or failed. */
    readonly reason?: string;
    readonly results: readonly { readonly id: string; readonly url?: string; readonly fhir?: string }[];
  };
}

export interface WebhookInput {
  readonly type: WebhookType;
  readonly at: Date;
  readonly route?: string | undefined;
  readonly generation: number;
  readonly reason?: string | undefined;
  /** Ids of requests. */
  readonly results: readonly string[];
  /** Without a slash at the end; absent: no links. */
  readonly baseUrl?: string | undefined;
}

/** The event and the very bytes to sign and send. */
export function webhookBody({ type, at, route, generation, reason, results, baseUrl }: WebhookInput): string {
  const event: WebhookEvent = {
    type,
    timestamp: at.toISOString(),
    data: {
      ...(route === undefined ? {} : { route }),
      generation,
      ...(reason === undefined ? {} : { reason }),
      results: results.map((id) => ({ id, ...linksOf(id, baseUrl) })),
    },
  };
  return JSON.stringify(event);
}

const linksOf = (id: string, baseUrl: string | undefined): { readonly url?: string; readonly fhir?: string } =>
  baseUrl === undefined
    ? {}
    : { url: `${baseUrl}/v1/results/${id}`, fhir: `${baseUrl}/fhir/R4/DiagnosticReport/${id}` };
