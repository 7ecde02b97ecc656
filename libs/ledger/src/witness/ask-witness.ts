import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { parseCheckpoint } from '../checkpoint';
import { splitNote } from '../note';
import { cosignatureOf, type Cosignature } from './cosignature';

/** Somebody outside who watches that the log only grows. */
export interface WitnessAddress {
  /** Its submission prefix: `POST <url>/add-checkpoint`. */
  readonly url: string;
  /** `<name>+<id>+<base64>`, of the algorithm 4 (C2SP tlog-cosignature). */
  readonly verifier: string;
}

/** Hashes that show that the log of `older` entries is the beginning of the one that is asked about. */
export type ConsistencyProof = (older: number) => Promise<readonly Buffer[]>;

/** What a witness said when it did not cosign. */
export class WitnessRefusedError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The witness has seen more of this log than there is now, or another: the log was put back, or forked. */
export class AheadWitnessError extends WitnessRefusedError {
  constructor(status: number) {
    super(status, 'The witness has seen a longer log than this one, or another.');
  }
}

const MOST_BYTES = 16_384;

interface Answer {
  readonly status: number;
  readonly body: string;
}

function post(url: string, body: string, signal: AbortSignal): Promise<Answer> {
  const target = new URL('add-checkpoint', url.endsWith('/') ? url : `${url}/`);
  const send = target.protocol === 'https:' ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) };
    const asking = send(target, { method: 'POST', headers, signal }, (answer) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MOST_BYTES) answer.destroy(new Error('The witness says too much.'));
        else parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') });
      });
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

/** Where the size that it was asked from is not the one that it knows. @throws WitnessRefusedError where it does not say which */
function knownBy(answer: Answer): number {
  const known = /^(0|[1-9]\d{0,15})\n$/u.exec(answer.body)?.[1];
  if (known === undefined) throw new WitnessRefusedError(409, 'The witness does not say what it knows.');
  return Number(known);
}

const bodyOf = (older: number, proof: readonly Buffer[], note: string): string =>
  [`old ${String(older)}`, ...proof.map((hash) => hash.toString('base64')), '', note].join('\n');

/**
 * Asks a witness to cosign a checkpoint (C2SP tlog-witness). Nobody has to remember what it saw last: where the size does not fit,
 * the witness says its own, and is asked once more with the proof from there.
 *
 * @param older what it was last seen to know; 0 at first
 * @param signal ends the asking; a witness is never waited for without one
 * @throws AheadWitnessError, WitnessRefusedError, or the connection's error
 */
export async function askWitness(
  { url, verifier }: WitnessAddress,
  note: string,
  older: number,
  prove: ConsistencyProof,
  signal: AbortSignal,
): Promise<Cosignature> {
  const { size } = parseCheckpoint(splitNote(note).text);
  let from = older;
  let answer = await post(url, bodyOf(from, await prove(from), note), signal);
  for (let isSecond = false; answer.status === 409; isSecond = true) {
    const known = knownBy(answer);
    // Of the same size: witnesses of earlier drafts say so of another root.
    if (known > size || (known === from && from === size)) throw new AheadWitnessError(409);
    if (isSecond || known === from) throw new WitnessRefusedError(409, 'The witness was asked by another meanwhile.');
    from = known;
    answer = await post(url, bodyOf(from, await prove(from), note), signal);
  }
  // It began where the witness stands, so this log does not begin with what the witness saw.
  if (answer.status === 422) throw new AheadWitnessError(422);
  if (answer.status !== 200) throw new WitnessRefusedError(answer.status, 'The witness did not cosign.');
  const cosignature = cosignatureOf(note + answer.body, verifier);
  if (cosignature === undefined) throw new WitnessRefusedError(200, 'The witness answered with another signature.');
  return cosignature;
}
