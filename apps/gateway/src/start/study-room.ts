import type { Archive } from '@medserve/archive';
import type { ResultEquipment } from '@medserve/imaging';
import type { Instruments, Logger } from '@medserve/runtime';
import type { Studies as StoredStudies, Workitems as StoredWorkitems } from '@medserve/storage';
import { StudyEngine, StudyWorker, type Route, type StudyObserver } from '@medserve/studies';
import type { Activities } from '../activities/activities';
import type { ImagePreparation } from '../infer/prepare-image';
import type { Records } from '../infer/ports';
import type { Road } from '../infer/road';
import type { References } from '../privacy/subject-hashes';
import type { Doorkeeper } from '../quotas/doorkeeper';
import { orderedFacts } from '../workitems/ordered-facts';
import { WorkitemPerformer } from '../workitems/workitem-performer';
import { EventChannels } from '../workitems/events/event-channels';
import { WorkitemSubscriptions } from '../workitems/events/workitem-subscriptions';
import { Workitems } from '../workitems/workitems';
import { ArchiveFacts } from '../studies/archive-facts';
import { ExpectedCounts } from '../studies/expected-counts';
import { ArchivedFiles } from '../studies/instance-files';
import { MakeResults, type ResultWriter } from '../studies/make-results';
import { recordedStore } from '../studies/recorded-store';
import { RunInference } from '../studies/run-inference';
import { Studies } from '../studies/studies';
import { StudyMetrics } from '../studies/study-metrics';
import { StudyRoutes } from '../studies/study-routes';

export interface StudyRoomParts {
  readonly store: StoredStudies;
  readonly workitems: StoredWorkitems;
  readonly archive: Archive;
  readonly preparation: ImagePreparation;
  readonly road: Road;
  readonly records: Records;
  readonly references: References;
  readonly activities: Activities;
  readonly doorkeeper: Doorkeeper;
  readonly writer: ResultWriter;
  readonly equipment: ResultEquipment;
  readonly routes: readonly Route[];
  /** Names of all that a tenant's results are to be sent to. */
  readonly destinations: (tenant: string, deliver: 'all' | readonly string[]) => readonly string[];
  /** Called when there is something to be delivered: nobody waits until the queue is looked at. */
  readonly deliver: () => void;
  readonly instruments: Instruments;
  readonly logger: Logger;
  /** Who this gateway is among those that share the work. */
  readonly holder: string;
}

/** Studies at work in one gateway: each may hold the files of a series and what is decoded of them. */
const CONCURRENCY = 3;
/** Beyond these, for looks and for what is stat or urgent. */
const EXPRESS_CONCURRENCY = 2;
const POLL_MS = 1_000;
/** How long the generations of a gateway that died are nobody's. */
const LEASE_MS = 10_000;

/** The engine of studies and its face, put together. It works from `start` until `close`. */
export class StudyRoom {
  readonly studies: Studies;
  readonly routes: StudyRoutes;
  /** The same work as a worklist. */
  readonly workitems: Workitems;
  readonly subscriptions: WorkitemSubscriptions;
  readonly channels: EventChannels;
  private readonly performer: WorkitemPerformer;
  private readonly engine: StudyEngine;
  private readonly metrics: StudyMetrics;

  constructor(parts: StudyRoomParts) {
    const { store, archive, references, activities, routes, destinations, instruments, logger, holder } = parts;
    const files = new ArchivedFiles(archive);
    const kept = recordedStore(store.store, references, () => new Date());
    this.metrics = new StudyMetrics({ standing: () => store.list.standing(), instruments, logger });
    const worker = new StudyWorker({
      store: kept,
      archive: orderedFacts(new ArchiveFacts(archive, new ExpectedCounts(files)), routes, parts.workitems.orders),
      inference: new RunInference({ ...parts, files }),
      results: () => new MakeResults({ ...parts, store: store.store, files }),
      observer: this.observer(parts.deliver),
      routes,
      destinations,
      random: Math.random,
    });
    this.engine = new StudyEngine({
      store: kept,
      worker,
      observer: this.metrics,
      holder,
      concurrency: CONCURRENCY,
      expressConcurrency: EXPRESS_CONCURRENCY,
      pollMs: POLL_MS,
      leaseMs: LEASE_MS,
    });
    const wake = (): void => {
      this.engine.wake();
    };
    this.studies = new Studies({ store, activities, references, wake });
    this.routes = new StudyRoutes(routes, destinations);
    this.performer = new WorkitemPerformer({
      ...parts.workitems,
      routes: routes.map(({ name }) => name),
      ordered: wake,
      onFailure: (error) => {
        logger.warn('workitems could not be taken; it is tried again', { error });
      },
      now: () => new Date(),
    });
    this.workitems = new Workitems({
      store: parts.workitems.store,
      studies: this.studies,
      activities,
      references,
      isRoute: (_tenant, label) => routes.some(({ name }) => name === label),
      wake: () => {
        this.performer.wake();
      },
      now: () => new Date(),
    });
    const { subscriptions } = parts.workitems;
    this.subscriptions = new WorkitemSubscriptions({
      store: subscriptions,
      workitems: this.workitems,
      activities,
      references,
    });
    this.channels = new EventChannels({
      store: subscriptions,
      instruments: instruments.studies,
      onFailure: (error) => {
        logger.warn('subscribers of workitems could not be told; it is tried again', { error });
      },
    });
  }

  /** Something that a study waits for has happened. */
  wake(): void {
    this.engine.wake();
  }

  private observer(deliver: () => void): StudyObserver {
    const { metrics } = this;
    return {
      changed: (of, state) => {
        metrics.changed(of, state);
        if (state === 'exporting') deliver();
      },
      ended: metrics.ended.bind(metrics),
      failed: metrics.failed.bind(metrics),
    };
  }

  start(): this {
    this.engine.start();
    this.performer.start();
    this.metrics.start();
    return this;
  }

  /** Takes nothing more and lets go of what it holds: another gateway, or the next start, goes on with it. */
  async close(): Promise<void> {
    this.channels.close();
    await this.performer.close();
    await this.engine.close();
    await this.metrics.close();
  }
}
