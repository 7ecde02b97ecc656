import type { Destination } from '../destination';
import type { SettingsOf } from '../destination-settings';
import type { TlsFiles } from '../tls-files';
import type { Parcel, ParcelObject } from '../parcel';
import type { SendReason, Sent } from '../sent';
import type { Associate, AssociationRequest, OpenAssociation } from './association';
import { encodeFor, IMPLICIT_LITTLE_ENDIAN } from './implicit-vr';
import { CutShortError, sendObjects } from './send-objects';

export interface DicomDestinationParts {
  readonly settings: SettingsOf<'dicom'>;
  readonly tls: TlsFiles | undefined;
  /** Our own AE title, where the settings say no other. */
  readonly aet: string;
  readonly associate: Associate;
}

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** C-STORE as SCU: all objects of a parcel over one association (PS3.4 Annex B). */
export class DicomDestination implements Destination {
  constructor(private readonly parts: DicomDestinationParts) {}

  async send(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    const { takes } = this.parts.settings;
    const objects = (await parcel.objects()).filter(({ kind }) => takes.includes(kind));
    if (objects.length === 0) return { kind: 'delivered' };
    let association: OpenAssociation;
    try {
      association = await this.parts.associate(this.requestFor(objects, signal));
    } catch (error) {
      return notAssociated(error, signal);
    }
    try {
      const sent = await sendObjects(association, objects, encodeFor);
      // All of them were answered: how the association ends changes nothing.
      await association.release().catch(() => undefined);
      return sent;
    } catch (error) {
      await Promise.resolve(association.abort()).catch(() => undefined);
      if (!(error instanceof CutShortError)) throw error;
      return { kind: 'retry', reason: signal.aborted ? 'timeout' : 'aborted', arrived: error.arrived };
    }
  }

  private requestFor(objects: readonly ParcelObject[], signal: AbortSignal): AssociationRequest {
    const { settings, tls, aet } = this.parts;
    const contexts = [...Map.groupBy(objects, ({ sopClassUid }) => sopClassUid)].flatMap(([abstractSyntax, of]) =>
      proposed(of).map((transferSyntaxes) => ({ abstractSyntax, transferSyntaxes })),
    );
    return {
      host: settings.host,
      port: settings.port,
      callingAet: settings.callingAet ?? aet,
      calledAet: settings.aet,
      ...(tls === undefined ? {} : { tls }),
      contexts,
      signal,
    };
  }
}

/** As they are kept, in a context of their own: it is the one that is used where it is accepted. And as every node has to take them. */
function proposed(objects: readonly ParcelObject[]): (readonly string[])[] {
  const kept = [...new Set(objects.map(({ transferSyntaxUid }) => transferSyntaxUid))];
  return kept.includes(EXPLICIT_LITTLE_ENDIAN) ? [kept, [IMPLICIT_LITTLE_ENDIAN]] : [kept];
}

interface Failed {
  readonly reason: SendReason;
  readonly isForGood: boolean;
}

/** By the kind of `AssociationError` (libs/dimse). */
const KINDS: Readonly<Record<string, Failed>> = {
  'rejected-permanent': { reason: 'association_rejected', isForGood: true },
  'rejected-transient': { reason: 'busy', isForGood: false },
  aborted: { reason: 'aborted', isForGood: false },
  timeout: { reason: 'timeout', isForGood: false },
  'refused-connection': { reason: 'unreachable', isForGood: false },
  tls: { reason: 'tls', isForGood: false },
};

function notAssociated(error: unknown, signal: AbortSignal): Sent {
  if (signal.aborted) return { kind: 'retry', reason: 'timeout' };
  const found = KINDS[String((error as { kind?: unknown }).kind)];
  if (found === undefined) return { kind: 'retry', reason: 'unreachable' };
  return { kind: found.isForGood ? 'refused' : 'retry', reason: found.reason };
}
