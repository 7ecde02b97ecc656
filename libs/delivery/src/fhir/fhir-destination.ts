import type { InteropInput } from '@medserve/interop';
import type { Destination } from '../destination';
import type { SettingsOf } from '../destination-settings';
import type { TlsFiles } from '../tls-files';
import type { Authorization } from '../http/authorization';
import { postJson } from '../http/post-json';
import type { Parcel } from '../parcel';
import type { Sent } from '../sent';
import { judgeContended } from './judge-contended';
import { judgeSuccess } from './judge-success';

export interface FhirDestinationParts {
  readonly settings: SettingsOf<'fhir'>;
  readonly tls: TlsFiles | undefined;
  readonly authorization: Authorization;
  /** The transaction about a result; it may be sent twice. */
  readonly compose: (report: InteropInput) => object;
}

/** A FHIR R4 transaction, sent to the base URL of a server. */
export class FhirDestination implements Destination {
  constructor(private readonly parts: FhirDestinationParts) {}

  async send(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    const { settings, tls, authorization, compose } = this.parts;
    const sent = await postJson({
      url: settings.url,
      headers: { ...settings.headers, 'content-type': 'application/fhir+json', accept: 'application/fhir+json' },
      body: Buffer.from(JSON.stringify(compose(await parcel.report()))),
      tls,
      authorization,
      signal,
      judgeSuccess,
    });
    return judgeContended(sent);
  }
}
