import { hash } from 'node:crypto';
import { toServingError } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import type { Activities } from '../activities/activities';
import type { OipModels } from './ports';

type Load = Parameters<OipModels['load']>[0];
type Change = 'model_loaded' | 'model_unloaded';

const SUBJECT = /^[A-Za-z0-9._:/-]{1,128}$/;

/** Loads and unloads models for somebody, which is on record before; a change that then fails is so, too, as refused. */
export class ModelChanges {
  constructor(
    private readonly models: Pick<OipModels, 'load' | 'unload' | 'index'>,
    private readonly activities: Pick<Activities, 'tell'>,
  ) {}

  /** @throws ServingError as the models, and `unavailable` where it cannot be put on record */
  load(by: Principal, load: Load): Promise<void> {
    return this.change(by, 'model_loaded', load.name, () => this.models.load(load));
  }

  /** @throws ServingError as `load` */
  unload(by: Principal, name: string): Promise<void> {
    return this.change(by, 'model_unloaded', name, () => this.models.unload(name));
  }

  private async change(by: Principal, event: Change, name: string, work: () => Promise<void>): Promise<void> {
    const subject = this.subjectOf(name);
    await this.activities.tell(by, { event, subject, outcome: 'success' });
    try {
      await work();
    } catch (thrown) {
      const { reason } = toServingError(thrown);
      await this.activities.tell(by, { event, subject, outcome: 'refused', reason });
      throw thrown;
    }
  }

  private subjectOf(name: string): string {
    return modelSubject(
      name,
      this.models.index(false).some((model) => model.name === name),
    );
  }
}

/** The name of a model that there is; of any other text of the caller's, its hash. */
export const modelSubject = (name: string, isKnown: boolean): string =>
  `model:${isKnown && SUBJECT.test(name) ? name : `sha256:${hash('sha256', name)}`}`;
