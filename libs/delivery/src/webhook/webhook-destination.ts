import { signWebhook, webhookBody } from '@medserve/interop';
import type { Destination } from '../destination';
import type { SettingsOf } from '../destination-settings';
import type { TlsFiles } from '../tls-files';
import { fixed } from '../http/authorization';
import { postJson } from '../http/post-json';
import type { Parcel } from '../parcel';
import type { Sent } from '../sent';

export interface WebhookDestinationParts {
  readonly settings: SettingsOf<'webhook'>;
  readonly tls: TlsFiles | undefined;
  /** `whsec_` and 24 to 64 bytes in Base64. */
  readonly secret: string;
  /** Where the results are read, without a slash at the end; absent: the notice has no links. */
  readonly baseUrl: () => string | undefined;
  readonly now: () => Date;
}

/** A signed notice that results are there. */
export class WebhookDestination implements Destination {
  constructor(private readonly parts: WebhookDestinationParts) {}

  async send(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    const { settings, tls, secret, baseUrl, now } = this.parts;
    const { runs, generation } = await parcel.report();
    const results = runs.map(({ requestId }) => requestId);
    const body = webhookBody({
      type: 'study.completed',
      at: parcel.createdAt,
      generation,
      results,
      baseUrl: baseUrl(),
    });
    // Signed for this attempt: a receiver refuses what was signed long ago.
    const signature = signWebhook({ id: parcel.id, at: now(), body, secrets: [secret] });
    return postJson({
      url: settings.url,
      headers: { ...settings.headers, 'content-type': 'application/json', ...signature },
      body: Buffer.from(body),
      tls,
      authorization: fixed(undefined),
      signal,
    });
  }
}
