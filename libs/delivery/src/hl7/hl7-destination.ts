import { createHash } from 'node:crypto';
import { MllpError, type Acknowledgement, type MllpFailure, type oruMessage, type sendHl7 } from '@medserve/interop';
import type { Destination } from '../destination';
import type { SettingsOf } from '../destination-settings';
import type { TlsFiles } from '../tls-files';
import type { Parcel } from '../parcel';
import type { SendReason, Sent } from '../sent';

export interface Hl7DestinationParts {
  readonly settings: SettingsOf<'hl7'>;
  readonly tls: TlsFiles | undefined;
  readonly compose: typeof oruMessage;
  /** One message and its acknowledgement over MLLP. */
  readonly send: typeof sendHl7;
}

/** ORU^R01 over MLLP. */
export class Hl7Destination implements Destination {
  constructor(private readonly parts: Hl7DestinationParts) {}

  async send(parcel: Parcel, signal: AbortSignal): Promise<Sent> {
    const { settings, tls, compose, send } = this.parts;
    const message = compose(await parcel.report(), { ...settings, controlId: controlIdOf(parcel) });
    const { host, port, timeoutMs } = settings;
    let code: Acknowledgement['code'];
    try {
      ({ code } = await send({ host, port, tls, message, timeoutMs, signal }));
    } catch (error) {
      if (error instanceof MllpError) return { kind: 'retry', reason: FAILURES[error.kind] };
      throw error;
    }
    if (code === 'AA' || code === 'CA') return { kind: 'delivered' };
    const isLastWord = !settings.retryCodes.includes(code);
    const reason = code === 'AR' || code === 'CR' ? 'message_rejected' : 'receiver_failed';
    return { kind: isLastWord ? 'refused' : 'retry', reason, status: code };
  }
}

const FAILURES: Readonly<Record<MllpFailure, SendReason>> = {
  'refused-connection': 'unreachable',
  tls: 'tls',
  timeout: 'timeout',
  closed: 'aborted',
  garbled: 'bad_answer',
  cancelled: 'timeout',
};

/** MSH-10 holds 20 characters (HL7 2.5.1). */
const CONTROL_ID_CHARACTERS = 20;

/** The same for all attempts of one delivery: a receiver that had taken it knows it again. */
export const controlIdOf = ({ id }: Pick<Parcel, 'id'>): string =>
  createHash('sha256').update(id).digest('hex').slice(0, CONTROL_ID_CHARACTERS).toUpperCase();
