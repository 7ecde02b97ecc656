import type { Archive, OpenedInstance } from '@medserve/archive';
import type { AnswerDocument } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import {
  DECODE_LIMITS,
  readDataSet,
  type ResultEquipment,
  type ResultInput,
  type ResultObject,
  type ResultRun,
  type SourceInstance,
} from '@medserve/imaging';
import type { StudyStore } from '@medserve/storage';
import type { GenerationKey, StudyResult, StudyResults, StudyRun, StudyWork } from '@medserve/studies';
import type { Records } from '../infer/ports';
import { severalAtOnce, type ArchivedFiles } from './instance-files';

/** Makes the objects off the event loop. */
export interface ResultWriter {
  /** Something is to be written soon. */
  warm(): void;
  write(input: ResultInput, signal: AbortSignal): Promise<readonly ResultObject[]>;
}

export interface MakeResultsParts {
  readonly records: Pick<Records, 'find'>;
  readonly store: Pick<StudyStore, 'resultsBefore'>;
  readonly files: Pick<ArchivedFiles, 'open'>;
  readonly archive: Pick<Archive, 'put' | 'study'>;
  readonly writer: ResultWriter;
  readonly equipment: ResultEquipment;
}

/**
 * Headers of all files of a run together. Of many files each is one slice, whose header is short; of few each may have many frames,
 * whose header says something of every one.
 */
const HEADERS_BYTES = 96 * 1024 ** 2;
const MOST_HEADER_BYTES = 32 * 1024 ** 2;
const LEAST_HEADER_BYTES = 256 * 1024;
/** (0002,0010) of what has to be inflated whole. */
const DEFLATED = '1.2.840.10008.1.2.1.99';
const IMPLICIT = '1.2.840.10008.1.2';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';

/**
 * The DICOM objects of a generation: made of the answers as they are on record and of the headers of what was asked about, and put into
 * the archive by the door `own`. The same generation makes the same objects, so that doing it again changes nothing.
 */
export class MakeResults implements StudyResults {
  /** By `route/run`; undefined where they could not be read. */
  private readonly readAhead = new Map<string, Promise<readonly SourceInstance[] | undefined>>();

  constructor(private readonly parts: MakeResultsParts) {}

  ahead(work: StudyWork, run: StudyRun): void {
    if (work.plan.wants.length === 0) return;
    this.parts.writer.warm();
    this.readAhead.set(
      nameOf(run),
      this.sourcesOf(work, run).catch(() => undefined),
    );
  }

  async make(work: StudyWork, signal: AbortSignal): Promise<readonly StudyResult[]> {
    const { store, writer, archive, equipment } = this.parts;
    if (work.plan.wants.length === 0) return [];
    const answered = work.runs.filter(({ state }) => state === 'answered');
    const [runs, earlier] = await Promise.all([this.runsOf(work, answered), store.resultsBefore(work)]);
    const before = earlier.find(({ kind }) => kind === 'sr');
    const made = await writer.write(
      {
        runs,
        generation: work.generation,
        equipment,
        // When the last answer was there: the clock of another attempt would make other bytes.
        now: work.inferredAt ?? work.now,
        wants: work.plan.wants,
        ...(before === undefined ? {} : { predecessor: before }),
      },
      signal,
    );
    const origin = { tenant: work.tenant, door: 'own', sender: 'medserve', batch: batchOf(work) } as const;
    // Somebody may have removed it while the objects were made: what is put now would bring it back.
    const holds = async (): Promise<void> => {
      if ((await archive.study(work.tenant, work.studyUid)) === undefined)
        throw new ServingError('not_found', 'The study is not in the archive any more.');
    };
    for (const { bytes } of made) {
      signal.throwIfAborted();
      requireStored(await archive.put(origin, bytes, { studyUid: work.studyUid, holds }));
    }
    return made.map(({ kind, sopClassUid, sopInstanceUid, seriesUid }) => ({
      kind,
      sopClassUid,
      sopInstanceUid,
      seriesUid,
    }));
  }

  /** One after the other: each is headers of many files. */
  private async runsOf(key: GenerationKey, answered: readonly StudyRun[]): Promise<ResultRun[]> {
    const runs: ResultRun[] = [];
    for (const run of answered) runs.push(await this.runOf(key, run));
    return runs;
  }

  private async runOf(key: GenerationKey, run: StudyRun): Promise<ResultRun> {
    const { records } = this.parts;
    const requestId = run.request ?? '';
    const [found, sources] = await Promise.all([
      records.find(key.tenant, requestId),
      Promise.resolve(this.readAhead.get(nameOf(run))).then((ahead) => ahead ?? this.sourcesOf(key, run)),
    ]);
    if (found?.result === undefined) throw new ServingError('not_found', 'The answer of a run is not on record.');
    const document = JSON.parse(found.result.bytes.toString('utf8')) as AnswerDocument;
    return { name: nameOf(run), requestId, document, sources };
  }

  private async sourcesOf({ tenant, studyUid }: GenerationKey, run: StudyRun): Promise<readonly SourceInstance[]> {
    return sourcesOf(await this.parts.files.open(tenant, studyUid, run.instances));
  }
}

const nameOf = ({ route, name }: StudyRun): string => `${route}/${name}`;

function sourcesOf(opened: readonly OpenedInstance[]): Promise<SourceInstance[]> {
  const share = Math.floor(HEADERS_BYTES / Math.max(1, opened.length));
  const headerBytes = Math.min(MOST_HEADER_BYTES, Math.max(LEAST_HEADER_BYTES, share));
  return severalAtOnce(opened, (one) => sourceOf(one, headerBytes));
}

async function sourceOf(opened: OpenedInstance, headerBytes: number): Promise<SourceInstance> {
  const header = (await shortHeader(opened)) ?? (await longHeader(opened, headerBytes));
  return { header, read: () => opened.read() };
}

function longHeader(opened: OpenedInstance, headerBytes: number): Promise<Buffer> {
  const isWhole = opened.instance.transferSyntaxUid === DEFLATED || opened.bytes <= headerBytes;
  return isWhole ? opened.read() : opened.readPart(0, headerBytes);
}

/** What one slice says before its pixels: of hundreds of them, all is read and copied to the thread that writes. */
const SHORT_HEADER_BYTES = 16 * 1024;
/** (7FE0,0010) in explicit VR little endian, up to its length; the VR is OB or OW. */
const PIXEL_DATA = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f]);
const PIXEL_DATA_BYTES = 12;
const COMPRESSED_OR_EXPLICIT = { implicitVr: false, littleEndian: true };
const BEFORE_PIXELS = { enters: () => false, wholly: false, beforePixels: true };

/** The file up to its pixel data, where that begins early; undefined where it does not, or what looks like it is something else. */
async function shortHeader(opened: OpenedInstance): Promise<Buffer | undefined> {
  const { transferSyntaxUid } = opened.instance;
  if ([DEFLATED, IMPLICIT, BIG_ENDIAN].includes(transferSyntaxUid)) return undefined;
  const first = await opened.readPart(0, Math.min(opened.bytes, SHORT_HEADER_BYTES));
  const at = first.indexOf(PIXEL_DATA, opened.dataSetOffset);
  if (at < 0 || at + PIXEL_DATA_BYTES > first.length) return undefined;
  // Memory of its own: a view would take all of what it is a view of along to the thread.
  const header = Buffer.from(Uint8Array.from(first.subarray(0, at + PIXEL_DATA_BYTES)).buffer);
  try {
    readDataSet(header.subarray(0, at), opened.dataSetOffset, COMPRESSED_OR_EXPLICIT, DECODE_LIMITS, BEFORE_PIXELS);
  } catch {
    return undefined;
  }
  return header;
}

const batchOf = ({ studyUid, generation }: GenerationKey): string => `own/${studyUid}/${String(generation)}`;

type Stored = Awaited<ReturnType<Archive['put']>>;

/** An object of the same UID is there with other bytes where another version of ours was cut off before it was done: that one stands. */
function requireStored(outcome: Stored): void {
  if (outcome.kind === 'stored' || outcome.refusal.reason === 'duplicate') return;
  const { reason } = outcome.refusal;
  if (reason === 'out_of_resources')
    throw new ServingError('unavailable', 'The archive has no room for the results of a study.');
  throw new ServingError('internal', `The archive refused a result object: ${reason}.`);
}
