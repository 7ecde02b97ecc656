import { fromBase64, type Bytes } from './bytes';
import { HASH_BYTES } from './hashing';
import { ProofError } from './proof-error';

/** What a checkpoint says (C2SP tlog-checkpoint): this log, at this size, has this root. */
export interface Checkpoint {
  /** The log's name. */
  readonly origin: string;
  /** In entries. */
  readonly size: number;
  readonly root: Bytes;
}

/** Reads the text of an opened note; lines behind the third are extensions. @throws ProofError `checkpoint-malformed` */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', encoded = ''] = text.split('\n');
  const root = fromBase64(encoded);
  if (origin === '' || !/^(0|[1-9]\d{0,14})$/.test(size) || root?.length !== HASH_BYTES)
    throw new ProofError({ kind: 'checkpoint-malformed' });
  return { origin, size: Number(size), root };
}
