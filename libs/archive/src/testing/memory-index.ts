import type { ArchiveQuery, QueryAnswer } from '../index/archive-query';
import type { Found, Indexing, InstanceIndex, Removal } from '../index/instance-index';
import type { NewInstance, StudyKey, StudySummary } from '../index/kept-instance';

/** An index in memory, for tests of what stands before it. It can be told to fail. */
export class MemoryIndex implements InstanceIndex {
  readonly instances: NewInstance[] = [];
  readonly endedBatches: string[] = [];
  /** Thrown by the next `add`. */
  failure: Error | undefined;
  /** Whether the failing `add` has written its row all the same: its answer was lost. */
  losesAnswer = false;
  private readonly removed = new Set<string>();

  async add(instance: NewInstance, durable: Promise<void>): Promise<Indexing> {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined && !this.losesAnswer) throw failure;
    await durable;
    const known = this.instances.find(
      ({ tenant, sopInstanceUid }) => tenant === instance.tenant && sopInstanceUid === instance.sopInstanceUid,
    );
    if (known === undefined) {
      this.instances.push(instance);
      this.removed.delete(instance.studyUid);
      if (failure !== undefined) throw failure;
      return { kind: 'new' };
    }
    const isSame = (['sha256', 'studyUid', 'seriesUid'] as const).every((name) => known[name] === instance[name]);
    return isSame ? { kind: 'same', instance: known } : { kind: 'taken' };
  }

  find(tenant: string, { studyUid, seriesUid, sopInstanceUid }: StudyKey): Promise<Found> {
    const instances = this.of(tenant).filter(
      (one) =>
        one.studyUid === studyUid &&
        (seriesUid === undefined || one.seriesUid === seriesUid) &&
        (sopInstanceUid === undefined || one.sopInstanceUid === sopInstanceUid),
    );
    if (instances.length > 0) return Promise.resolve({ kind: 'found', instances });
    return Promise.resolve({ kind: this.removed.has(studyUid) ? 'gone' : 'unknown' });
  }

  query(query: ArchiveQuery): Promise<QueryAnswer> {
    const rows = this.of(query.tenant).map((one) => ({
      studyUid: one.studyUid,
      bytes: one.bytes,
      isOwn: one.door === 'own',
      attributes: one.attributes.study,
    }));
    return Promise.resolve({ rows, isCut: false, ignored: [] });
  }

  study(): Promise<StudySummary | undefined> {
    return Promise.resolve(undefined);
  }

  changedStudies(): Promise<StudySummary[]> {
    return Promise.resolve([]);
  }

  endBatch(_: string, batch: string): Promise<void> {
    this.endedBatches.push(batch);
    return Promise.resolve();
  }

  tenants(): Promise<string[]> {
    return Promise.resolve([...new Set(this.instances.map(({ tenant }) => tenant))]);
  }

  unchangedStudies(tenant: string, since: Date): Promise<string[]> {
    const studies = Map.groupBy(this.of(tenant), ({ studyUid }) => studyUid);
    const old = [...studies].filter(([, all]) => all.every(({ receivedAt }) => receivedAt < since));
    return Promise.resolve(old.map(([studyUid]) => studyUid));
  }

  studiesOfPatient(tenant: string, patient: string): Promise<string[]> {
    const own = this.of(tenant).filter((one) => one.patient === patient);
    return Promise.resolve([...new Set(own.map(({ studyUid }) => studyUid))]);
  }

  remove({ tenant, studyUid, leavesTrace }: Removal): Promise<readonly string[]> {
    const own = this.of(tenant).filter((one) => one.studyUid === studyUid);
    for (const one of own) this.instances.splice(this.instances.indexOf(one), 1);
    if (leavesTrace) this.removed.add(studyUid);
    return Promise.resolve(own.map(({ file }) => file));
  }

  filesWithoutRow(tenant: string, files: readonly string[]): Promise<string[]> {
    const known = new Set(this.of(tenant).map(({ file }) => file));
    return Promise.resolve(files.filter((file) => !known.has(file)));
  }

  bytes(): Promise<number> {
    return Promise.resolve(this.instances.reduce((sum, { bytes }) => sum + bytes, 0));
  }

  private of(tenant: string): NewInstance[] {
    return this.instances.filter((one) => one.tenant === tenant);
  }
}
