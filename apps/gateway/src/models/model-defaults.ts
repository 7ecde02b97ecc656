import { ServingError } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import type { DefaultChange, StoredDefault, TellOfDefault } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import { modelSubject } from '../oip/model-changes';
import { isServed, type LiveCatalogue } from '../infer/live-catalogue';
import { optional } from '../infer/model-words';
import type { DefaultVersions } from './default-versions';

/** Which version the bare name of a model stands for, as the API shows it. */
export interface ShownDefault {
  readonly model: string;
  /** The version that was chosen; null: the newest that is served. */
  readonly version: string | null;
  /** The version that answers now; null: none is served. */
  readonly answering: string | null;
  /** What was chosen before; null: the newest that is served. */
  readonly previous: string | null;
  /** Whether there is a choice before this one. */
  readonly canGoBack: boolean;
  /** Counts the changes; 0: nobody ever chose. */
  readonly revision: number;
  readonly changedAt?: string;
  /** Why another version answers than the one that was chosen. */
  readonly warning?: string;
}

export interface WantedDefault {
  /** Null: the newest that is served. */
  readonly version: string | null;
  /** The revision that the caller knows. */
  readonly expected?: number | undefined;
}

export interface ModelDefaultsParts {
  readonly catalogue: LiveCatalogue;
  readonly known: Pick<DefaultVersions, 'of' | 'refresh' | 'learn'>;
  readonly store: { change(change: DefaultChange, tell: TellOfDefault): Promise<StoredDefault> };
  readonly activities: Pick<Activities, 'eventOf'>;
}

/** What the ledger calls the absence of a choice. */
const NEWEST = 'newest';

/** Choices of default versions: for the whole platform, as loading and unloading are, and on record in the log of who makes them. */
export class ModelDefaults {
  constructor(private readonly parts: ModelDefaultsParts) {}

  /** @throws ServingError `model_not_found` */
  show(name: string): ShownDefault {
    const { catalogue, known } = this.parts;
    const standing = catalogue.standing({ name });
    const chosen = known.of(name);
    const version = chosen?.version ?? null;
    const answering = isServed(standing) ? standing.version : null;
    return {
      model: name,
      version,
      answering,
      previous: chosen?.previous ?? null,
      canGoBack: chosen !== undefined,
      revision: chosen?.revision ?? 0,
      ...optional('changedAt', chosen?.changedAt.toISOString()),
      ...optional('warning', version === null || version === answering ? undefined : this.warningOf(name, version)),
    };
  }

  /**
   * @throws ServingError `model_not_found`, `model_broken`, `model_untrusted`, `model_unloaded` of a version that cannot answer;
   *   `model_default_changed` where the caller knows another state; `unavailable` where it cannot be put on record
   */
  async choose(by: Principal, name: string, { version, expected }: WantedDefault): Promise<ShownDefault> {
    this.checkServed(name, version);
    return this.change(by, { model: name, tenant: by.tenant, version, expectedRevision: expected });
  }

  /** The choice before this one; a second time, the one that was left. @throws ServingError as `choose`; `not_found` */
  async back(by: Principal, name: string, expected: number | undefined): Promise<ShownDefault> {
    const { catalogue, known } = this.parts;
    catalogue.versions({ name });
    await known.refresh();
    const before = known.of(name);
    if (before !== undefined) this.checkServed(name, before.previous);
    // What was looked at is what is changed: a choice made in between is not gone back from unseen.
    const expectedRevision = expected ?? before?.revision;
    return this.change(by, { model: name, tenant: by.tenant, expectedRevision });
  }

  private async change(by: Principal, change: DefaultChange): Promise<ShownDefault> {
    const { store, activities, known } = this.parts;
    const subject = modelSubject(change.model, true);
    const stored = await store.change(change, (from, to) =>
      activities.eventOf(by, {
        event: 'model_default_changed',
        subject,
        outcome: 'success',
        facts: { from: from ?? NEWEST, to: to ?? NEWEST },
      }),
    );
    known.learn([stored]);
    return this.show(change.model);
  }

  /** A name may only come to stand for what can answer. */
  private checkServed(name: string, version: string | null): void {
    this.parts.catalogue.served({ name, ...optional('version', version ?? undefined) });
  }

  private warningOf(name: string, version: string): string {
    try {
      this.parts.catalogue.served({ name, version });
      return 'Another version answers until this gateway has heard of the change.';
    } catch (error) {
      if (!(error instanceof ServingError)) throw error;
      return `The chosen version does not answer: ${error.message}`;
    }
  }
}
