import { oruMessage, resultBundle, sendHl7 } from '@medserve/interop';
import type { Associate } from '../dicom/association';
import { DicomDestination } from '../dicom/dicom-destination';
import { FhirDestination } from '../fhir/fhir-destination';
import { Hl7Destination } from '../hl7/hl7-destination';
import { basic, bearer, fixed, type Authorization } from '../http/authorization';
import { SmartBackend } from '../http/smart-backend';
import { StowDestination } from '../stow/stow-destination';
import { WebhookDestination } from '../webhook/webhook-destination';
import type { Destination } from '../destination';
import type { AuthSettings } from '../destination-settings';
import type { LoadedDestination } from './load-destinations';
import { readSecret, readTls, type TlsFiles } from '../tls-files';

/** What destinations are made with. */
export interface DestinationTools {
  /** Our own AE title. */
  readonly aet: string;
  readonly associate: Associate;
  /** Where callers reach the platform, without a slash at the end; absent: what is sent has no links. */
  readonly baseUrl: () => string | undefined;
}

/**
 * Opens what the settings describe, and reads the files that they name.
 *
 * @throws Error that names the destination and the file; never what the file holds
 */
export function openDestination({ settings, folder }: LoadedDestination, tools: DestinationTools): Destination {
  try {
    const tls = settings.tls === undefined ? undefined : readTls(settings.tls, folder);
    return opened({ settings, folder }, tools, tls);
  } catch (cause) {
    throw new Error(`the destination ${settings.name} cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

function opened(
  { settings, folder }: LoadedDestination,
  tools: DestinationTools,
  tls: TlsFiles | undefined,
): Destination {
  switch (settings.kind) {
    case 'dicom':
      return new DicomDestination({ settings, tls, ...tools });
    case 'stow':
      return new StowDestination({ settings, tls, authorization: authorizationOf(settings.auth, folder, tls) });
    case 'hl7':
      return new Hl7Destination({ settings, tls, compose: oruMessage, send: sendHl7 });
    case 'fhir': {
      const authorization = authorizationOf(settings.auth, folder, tls);
      return new FhirDestination({ settings, tls, authorization, compose: resultBundle });
    }
    case 'webhook': {
      const secret = readSecret(settings.secretFile, folder);
      return new WebhookDestination({ settings, tls, secret, baseUrl: tools.baseUrl, now: () => new Date() });
    }
  }
}

function authorizationOf(auth: AuthSettings | undefined, folder: string, tls: TlsFiles | undefined): Authorization {
  switch (auth?.kind) {
    case undefined:
      return fixed(undefined);
    case 'basic':
      return basic(auth.user, readSecret(auth.passwordFile, folder));
    case 'bearer':
      return bearer(readSecret(auth.tokenFile, folder));
    case 'smart-backend':
      return new SmartBackend({ ...auth, key: readSecret(auth.keyFile, folder), tls, now: Date.now });
  }
}
