import { randomUUID } from 'node:crypto';
import { fileMetaFor, InstanceFault, InstanceReader, isUid, type InstanceHeader } from '@medserve/imaging';
import type { ArrivingFile } from '../files/arriving-file';
import type { FileStore } from '../files/file-store';
import type { PreparedFile } from '../files/prepared-files';
import type { Origin, StoreOutcome } from '../stored-instance';
import { HeldBytes } from './held-bytes';
import { isDiskFull, refused, refusedFor } from './refuse';

/** What is known of an instance before its data set comes. */
export interface Expected {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** How the data set is encoded. */
  readonly transferSyntaxUid: string;
  /** The study that the request is for. */
  readonly studyUid?: string | undefined;
}

/** An instance on its way in. */
export interface Incoming {
  /** The next may come when it returns, or resolves. A chunk is not changed afterwards. */
  write(chunk: Buffer): void | Promise<void>;
  /**
   * All of it came. Resolves with `stored` only when file and row are durable.
   *
   * @throws ServingError `unavailable`, `overloaded` where it is not known, or not possible now
   */
  commit(): Promise<StoreOutcome>;
  /** It will not come to its end. Nothing of it stays. */
  abort(): Promise<void>;
}

/** Memory that instances on their way in share. */
export interface Room {
  /** Returns false where there is no more. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

export interface IncomingParts {
  readonly origin: Origin;
  readonly expected: Expected;
  readonly files: FileStore;
  readonly room: Room;
  /** What is larger goes to disk as it comes. */
  readonly heldBytes: number;
  readonly maxBytes: number;
  /** Why it is refused before it came: it is taken in, and let go. */
  readonly refusal: StoreOutcome | undefined;
  readonly enter: (instance: Sound, keep: Keep) => Promise<StoreOutcome>;
  readonly onOutcome: (outcome: StoreOutcome) => void;
  /** It is over, either way. */
  readonly onEnd: () => void;
}

const NONE = Buffer.alloc(0);

/** A sound instance that has no place yet. */
export interface Sound {
  readonly header: InstanceHeader;
  readonly bytes: number;
  readonly dataSetOffset: number;
}

/** Makes the file durable at its place. */
export type Keep = (place: PreparedFile) => Promise<void>;

export class ReceivedInstance implements Incoming {
  private readonly reader: InstanceReader;
  private readonly head: Buffer;
  private held: HeldBytes;
  /** Of the shared memory. */
  private taken = 0;
  private arriving: ArrivingFile | undefined;
  private bytes: number;
  private outcome: StoreOutcome | undefined;
  private isOver = false;

  constructor(private readonly parts: IncomingParts) {
    const { origin, expected, refusal } = parts;
    const areUids = [expected.sopClassUid, expected.sopInstanceUid].every(isUid);
    this.outcome = refusal ?? (areUids ? undefined : refused('does_not_match', 'UIDs of the command'));
    this.reader = new InstanceReader(expected.transferSyntaxUid);
    this.head = this.outcome === undefined ? headOf(origin, expected) : Buffer.alloc(0);
    this.held = new HeldBytes(this.head);
    this.bytes = this.head.length;
  }

  write(chunk: Buffer): void | Promise<void> {
    if (this.outcome !== undefined) return;
    this.bytes += chunk.length;
    if (this.bytes > this.parts.maxBytes) {
      return this.refuse(refused('out_of_resources', `instance: ${String(this.parts.maxBytes)} bytes`));
    }
    const read = this.reader.write(chunk);
    const kept = this.keep(chunk);
    if (read === undefined) return kept;
    return Promise.all([read, kept]).then(() => undefined);
  }

  async commit(): Promise<StoreOutcome> {
    try {
      const outcome = this.outcome ?? (await this.finish());
      this.parts.onOutcome(outcome);
      return outcome;
    } finally {
      await this.over();
    }
  }

  async abort(): Promise<void> {
    await this.over();
  }

  private async finish(): Promise<StoreOutcome> {
    let header: InstanceHeader;
    try {
      header = await this.reader.end(this.parts.expected);
    } catch (error) {
      if (error instanceof InstanceFault) return refusedFor(error, this.reader.seen());
      throw error;
    }
    const sound = { header, bytes: this.bytes, dataSetOffset: this.head.length };
    return this.parts.enter(sound, async (place) => {
      const { arriving } = this;
      if (arriving === undefined) return this.parts.files.write(place, this.held.parts());
      await this.parts.files.settle(arriving, place);
      this.arriving = undefined;
    });
  }

  private keep(chunk: Buffer): void | Promise<void> {
    if (this.arriving !== undefined) return this.arriving.write([chunk]).catch(this.refuseFull);
    const fits = this.taken + chunk.length <= this.parts.heldBytes && this.parts.room.take(chunk.length);
    if (!fits) return this.spill(chunk).catch(this.refuseFull);
    this.held.add(chunk);
    this.taken += chunk.length;
  }

  private async spill(chunk: Buffer): Promise<void> {
    const arriving = await this.parts.files.begin(randomUUID());
    // Given up while the file was made: nobody else would remove it.
    if (this.isOver) return arriving.discard();
    this.arriving = arriving;
    await arriving.write([...this.held.parts(), chunk]);
    this.letGo();
  }

  /** What came of it is let go, and what comes of it still. */
  private readonly refuseFull = async (error: unknown): Promise<void> => {
    if (!isDiskFull(error)) throw error;
    await this.refuse(refused('out_of_resources', 'disk'));
  };

  private async refuse(outcome: StoreOutcome): Promise<void> {
    this.outcome = outcome;
    await this.discard();
  }

  private async over(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.reader.close();
    await this.discard();
    this.parts.onEnd();
  }

  private async discard(): Promise<void> {
    this.letGo();
    await this.arriving?.discard();
    this.arriving = undefined;
  }

  private letGo(): void {
    this.parts.room.give(this.taken);
    this.taken = 0;
    this.held = new HeldBytes(NONE);
  }
}

/** A data set that comes without file meta information is kept with ours. */
function headOf({ door, sender }: Origin, expected: Expected): Buffer {
  return fileMetaFor({
    sopClassUid: expected.sopClassUid,
    sopInstanceUid: expected.sopInstanceUid,
    transferSyntaxUid: expected.transferSyntaxUid,
    ...(door === 'dimse' ? { sourceAet: sender } : {}),
  });
}
