import type { Archive, KeptInstance } from '@medserve/archive';
import type { AnswerDocument, StudyContext } from '@medserve/clinical';
import type { ClaimedDelivery, Parcel, ParcelObject, Parcels } from '@medserve/delivery';
import { ServingError } from '@medserve/errors';
import type { InteropInput, InteropRun, ResultInstance } from '@medserve/interop';
import type { StudyStore } from '@medserve/storage';
import type { DicomKind } from '@medserve/studies';
import { EQUIPMENT } from '../fhir/equipment';
import type { ResultContexts } from '../fhir/result-contexts';
import type { Records } from '../infer/ports';
import { joinContexts } from './join-contexts';

export interface StoredParcelsParts {
  readonly studies: Pick<StudyStore, 'results' | 'runs'>;
  readonly archive: Pick<Archive, 'read' | 'open'>;
  readonly records: Pick<Records, 'find'>;
  readonly contexts: Pick<ResultContexts, 'of'>;
  /** Where callers reach the platform, without a slash at the end. */
  readonly url: () => string;
}

/** (0008,0060) of what is made of results. */
const MODALITIES: Readonly<Record<DicomKind, string>> = { sr: 'SR', seg: 'SEG', sc: 'OT', gsps: 'PR' };

type AnsweredRun = Pick<InteropRun, 'requestId' | 'name'>;

/** Parcels of what is on record and in the archive: the same each time, as nothing in them is of the attempt. */
export class StoredParcels implements Parcels {
  constructor(private readonly parts: StoredParcelsParts) {}

  of(delivery: ClaimedDelivery): Parcel {
    const { id, tenant, studyUid, generation, createdAt } = delivery;
    return {
      id,
      tenant,
      studyUid,
      generation,
      createdAt,
      objects: () => this.objectsOf(delivery),
      report: () => this.reportOf(delivery),
    };
  }

  /** Those that have not arrived, in the order in which they were made. */
  private async objectsOf(delivery: ClaimedDelivery): Promise<readonly ParcelObject[]> {
    const { studies, archive } = this.parts;
    const [all, found] = await Promise.all([
      studies.results(delivery),
      archive.read(delivery.tenant, { studyUid: delivery.studyUid }),
    ]);
    const results = all.filter(({ sopInstanceUid }) => !delivery.arrived.includes(sopInstanceUid));
    const kept = new Map(found.kind === 'found' ? found.instances.map((one) => [one.sopInstanceUid, one]) : []);
    return results.map(({ kind, sopInstanceUid }) => this.objectOf(kind, kept.get(sopInstanceUid)));
  }

  private objectOf(kind: DicomKind, instance: KeptInstance | undefined): ParcelObject {
    if (instance === undefined) throw new ServingError('not_found', 'A result object is not in the archive any more.');
    const { sopClassUid, sopInstanceUid, transferSyntaxUid } = instance;
    const opened = this.parts.archive.open(instance);
    return {
      kind,
      sopClassUid,
      sopInstanceUid,
      transferSyntaxUid,
      bytes: opened.bytes,
      read: () => opened.read(),
      readDataSet: () => opened.readDataSet(),
    };
  }

  private async reportOf(delivery: ClaimedDelivery): Promise<InteropInput> {
    const { studies, url } = this.parts;
    const { tenant, generation, createdAt } = delivery;
    const answered = (await studies.runs(delivery)).flatMap(({ state, request, route, name }) =>
      state !== 'answered' || request === undefined ? [] : [{ requestId: request, name: `${route}/${name}` }],
    );
    const runs: InteropRun[] = [];
    const contexts: StudyContext[] = [];
    for (const run of answered) {
      const context = (await this.parts.contexts.of(tenant, run.requestId))?.reveal('report');
      runs.push({ ...(await this.runOf(tenant, run)), series: context?.series });
      if (context !== undefined) contexts.push(context);
    }
    return {
      runs,
      context: joinContexts(contexts),
      device: EQUIPMENT,
      generation,
      now: createdAt,
      instances: (await studies.results(delivery)).map(instanceOf),
      baseUrl: url(),
    };
  }

  private async runOf(tenant: string, run: AnsweredRun): Promise<InteropRun> {
    const found = await this.parts.records.find(tenant, run.requestId);
    if (found?.result === undefined) throw new ServingError('not_found', 'The answer of a run is not on record.');
    return { ...run, document: JSON.parse(found.result.bytes.toString('utf8')) as AnswerDocument };
  }
}

const instanceOf = ({
  kind,
  ...uids
}: Pick<ResultInstance, 'sopClassUid' | 'sopInstanceUid' | 'seriesUid'> & {
  readonly kind: DicomKind;
}): ResultInstance => ({ ...uids, modality: MODALITIES[kind] });
