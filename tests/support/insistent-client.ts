import type { Caller, Reply } from './caller';
import { pause } from './platform';

const PAUSE_MS = 100;
/** Whatever dies, a request ends in an answer, a refusal or a broken connection before this. */
const SILENCE_MS = 60_000;

export interface Insisted {
  readonly reply: Reply;
  readonly id: string;
  /** How often it was sent. */
  readonly sent: number;
}

/**
 * Sends one image until it is answered, as a careful sender does: after a broken connection the same idempotency key again,
 * since the request may have been accepted; after a refusal a new key, since that request has ended.
 */
export async function insist(caller: Caller, image: Buffer, name: string, silenceMs = SILENCE_MS): Promise<Insisted> {
  let life = 0;
  for (let sent = 1; ; sent += 1) {
    const headers = { 'content-type': 'application/dicom', 'idempotency-key': `${name}-${String(life)}` };
    const signal = AbortSignal.timeout(silenceMs);
    const reply = await caller
      .call('/v1/infer', { method: 'POST', body: new Uint8Array(image), headers, signal })
      .catch(() => undefined);
    if (signal.aborted) throw new Error(`${name} was left without an answer for ${String(silenceMs / 1000)} s`);
    if (reply?.status === 200) return { reply, id: String(reply.json['id']), sent };
    if (reply !== undefined && reply.status < 500 && reply.status !== 429) {
      throw new Error(`a good request was refused: ${reply.bytes.toString()}`);
    }
    if (reply !== undefined) life += 1;
    await pause(PAUSE_MS);
  }
}
