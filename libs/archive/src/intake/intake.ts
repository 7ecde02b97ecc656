import { setImmediate } from 'node:timers/promises';
import { ServingError } from '@medserve/errors';
import {
  fileMetaFor,
  InstanceFault,
  InstanceReader,
  readPart10Head,
  type InstanceHeader,
  type Part10Head,
  type SeenUids,
} from '@medserve/imaging';
import type { ArchiveLimits, ArchiveOptions } from '../archive-options';
import type { FileStore } from '../files/file-store';
import type { PreparedFile } from '../files/prepared-files';
import type { KeptInstance, NewInstance } from '../index/kept-instance';
import type { Origin, StoreOutcome } from '../stored-instance';
import type { DiskWatch } from './disk-watch';
import { HeldRoom } from './held-room';
import { ReceivedInstance, type Expected, type Incoming, type Keep, type Sound } from './incoming';
import { patientOf } from './patient-of';
import { isDiskFull, refused, refusedFor, type Refused } from './refuse';

export type StoredListener = (instance: KeptInstance, origin: Origin) => void;

export interface IntakeOptions extends Pick<ArchiveOptions, 'index' | 'patientOf' | 'observer' | 'takesClass'> {
  readonly files: FileStore;
  readonly watch: DiskWatch;
  readonly limits: ArchiveLimits;
  readonly now: () => Date;
  readonly onStored: StoredListener;
}

/** On what a whole file is stored. */
export interface PutConditions {
  /** The study that the request is for. */
  readonly studyUid?: string | undefined;
  /** Asked while the file is written, and answered before its row counts: where it rejects, nothing is stored, and `put` rejects with that. */
  readonly holds?: () => Promise<void>;
}

/** The event loop is let go in between. */
const SLICE_BYTES = 4 * 1024 ** 2;

/** The way of an instance in: read and checked, its file durable, then its row. */
export class Intake {
  private readonly room: HeldRoom;
  private coming = 0;

  constructor(private readonly options: IntakeOptions) {
    this.room = new HeldRoom(options.limits.heldTotalBytes);
  }

  /** Instances on their way in. */
  get incoming(): number {
    return this.coming;
  }

  receive(origin: Origin, expected: Expected): Incoming {
    const { limits, files } = this.options;
    const incoming = new ReceivedInstance({
      origin,
      expected,
      files,
      room: this.room,
      heldBytes: limits.heldBytes,
      maxBytes: limits.maxInstanceBytes,
      refusal: this.refusalNow(),
      enter: (sound, keep) => this.enter(origin, sound, keep, expected.studyUid),
      onOutcome: (outcome) => {
        this.tell(origin, outcome);
      },
      onEnd: () => {
        this.coming -= 1;
      },
    });
    this.coming += 1;
    return incoming;
  }

  async put(origin: Origin, file: Buffer, wanted: PutConditions): Promise<StoreOutcome> {
    const refusal = this.refusalNow();
    this.coming += 1;
    try {
      const outcome = refusal ?? (await this.putNow(origin, file, wanted));
      this.tell(origin, outcome);
      return outcome;
    } finally {
      this.coming -= 1;
    }
  }

  private async putNow(origin: Origin, file: Buffer, { studyUid, holds }: PutConditions): Promise<StoreOutcome> {
    const { files, limits, takesClass } = this.options;
    if (file.length > limits.maxInstanceBytes) {
      return refused('out_of_resources', `instance: ${String(limits.maxInstanceBytes)} bytes`);
    }
    const read = await readFile(file, takesClass);
    if (read.kind === 'refused') return read;
    const { header, head } = read;
    const ours = head.isWhole ? undefined : fileMetaFor(header);
    const parts = ours === undefined ? [file] : [ours, file.subarray(head.dataSetOffset)];
    const dataSetOffset = ours?.length ?? head.dataSetOffset;
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const keep: Keep = async (place) => {
      const asked = holds?.();
      // It is heard below, unless the file could not be written, which is told first.
      asked?.catch(() => undefined);
      await files.write(place, parts);
      await asked;
    };
    return this.enter(origin, { header, bytes, dataSetOffset }, keep, studyUid);
  }

  private refusalNow(): StoreOutcome | undefined {
    const { limits, watch } = this.options;
    if (this.coming >= limits.maxIncoming) {
      return refused('out_of_resources', `instances on their way in: ${String(limits.maxIncoming)}`);
    }
    return watch.hasRoomFor(this.room.taken) ? undefined : refused('out_of_resources', 'disk');
  }

  private async enter(
    origin: Origin,
    { header, bytes, dataSetOffset }: Sound,
    keep: Keep,
    studyUid: string | undefined,
  ): Promise<StoreOutcome> {
    const { watch, index, now } = this.options;
    const seen = { sopClassUid: header.sopClassUid, sopInstanceUid: header.sopInstanceUid };
    if (studyUid !== undefined && studyUid !== header.studyUid) return refused('study_mismatch', '(0020,000D)', seen);
    await watch.look();
    if (!watch.hasRoomFor(bytes)) return refused('out_of_resources', 'disk', seen);
    const { attributes, ...uids } = header;
    const { tenant, door } = origin;
    const place = await this.placed(tenant);
    if (place === undefined) return refused('out_of_resources', 'disk', seen);
    const { file } = place;
    const kept: KeptInstance = { ...uids, tenant, door, bytes, dataSetOffset, receivedAt: now(), file };
    const { sender, route, batch } = origin;
    const patient = patientOf(this.options.patientOf, tenant, attributes.study);
    const instance: NewInstance = { ...kept, sender, route, batch, patient, attributes };
    const durable = keep(place);
    try {
      return await this.enterIndex(origin, kept, await index.add(instance, durable), seen);
    } catch (error) {
      return this.failed(kept, durable, error, seen);
    }
  }

  private async placed(tenant: string): Promise<PreparedFile | undefined> {
    try {
      return await this.options.files.place(tenant);
    } catch (error) {
      if (isDiskFull(error)) return undefined;
      throw error;
    }
  }

  /**
   * Where its file could not be written, or its row was turned away for want of room, there is no row, and the file goes. Of any other
   * failure nobody knows whether there is one, and the file stays.
   */
  private async failed(
    kept: KeptInstance,
    durable: Promise<void>,
    error: unknown,
    seen: SeenUids,
  ): Promise<StoreOutcome> {
    const lost = await durable.then(
      () => undefined,
      (reason: unknown) => ({ reason }),
    );
    const isTurnedAway = error instanceof ServingError && error.reason === 'overloaded';
    if (lost !== undefined || isTurnedAway) await this.options.files.remove(kept);
    if (isDiskFull(lost?.reason)) return refused('out_of_resources', 'disk', seen);
    if (isTurnedAway) return refused('out_of_resources', 'index', seen);
    throw error;
  }

  private async enterIndex(
    origin: Origin,
    kept: KeptInstance,
    indexing: Awaited<ReturnType<IntakeOptions['index']['add']>>,
    seen: SeenUids,
  ): Promise<StoreOutcome> {
    switch (indexing.kind) {
      case 'new':
        this.options.onStored(kept, origin);
        return { kind: 'stored', instance: kept, isNew: true };
      case 'same':
        await this.options.files.remove(kept);
        return { kind: 'stored', instance: indexing.instance, isNew: false };
      case 'taken':
        await this.options.files.remove(kept);
        return refused('duplicate', '(0008,0018)', seen);
    }
  }

  private tell({ door }: Origin, outcome: StoreOutcome): void {
    const { observer } = this.options;
    if (outcome.kind === 'refused') {
      observer?.instance(door, outcome.refusal.reason);
      return;
    }
    observer?.instance(door, outcome.isNew ? 'stored' : 'again');
    observer?.received(door, outcome.instance.bytes);
  }
}

type ReadFile = { readonly kind: 'read'; readonly header: InstanceHeader; readonly head: Part10Head } | Refused;

async function readFile(file: Buffer, takesClass: ArchiveOptions['takesClass']): Promise<ReadFile> {
  let head: Part10Head | undefined;
  let reader: InstanceReader | undefined;
  try {
    head = readPart10Head(file);
    reader = new InstanceReader(head.transferSyntaxUid);
    for (let at = head.dataSetOffset; at < file.length; at += SLICE_BYTES) {
      if (at > head.dataSetOffset) await setImmediate();
      await reader.write(file.subarray(at, at + SLICE_BYTES));
    }
    return { kind: 'read', header: await reader.end({ takesClass }), head };
  } catch (error) {
    if (!(error instanceof InstanceFault)) throw error;
    return refusedFor(error, { ...uidsOf(head), ...reader?.seen() });
  } finally {
    reader?.close();
  }
}

const uidsOf = ({ sopClassUid, sopInstanceUid }: Partial<Part10Head> = {}): SeenUids => ({
  ...(sopClassUid === undefined ? {} : { sopClassUid }),
  ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
});
