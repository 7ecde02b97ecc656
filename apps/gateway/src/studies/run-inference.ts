import { ServingError, toServingError, type Category, type Reason } from '@medserve/errors';
import type { Principal } from '@medserve/security';
import type { Inferred, InferenceStages, StudyInference, StudyRun } from '@medserve/studies';
import type { ImagePreparation, ImageRequest } from '../infer/prepare-image';
import { errorOfProblem, PROBLEM_TYPE } from '../http/problem';
import type { Accepted, Road } from '../infer/road';
import type { Doorkeeper } from '../quotas/doorkeeper';

export interface InstanceFiles {
  /** Files of instances of a study, in that order. @throws ServingError `not_found` where one is gone */
  read(tenant: string, studyUid: string, sopInstanceUids: readonly string[]): Promise<readonly Buffer[]>;
}

export interface RunInferenceParts {
  readonly preparation: Pick<ImagePreparation, 'prepare'>;
  readonly road: Pick<Road, 'accept'>;
  readonly files: InstanceFiles;
  readonly doorkeeper: Pick<Doorkeeper, 'check' | 'enter'>;
}

/** What may go by itself is tried so often: an answer that came too late, a model that failed under it. */
const ATTEMPTS = 3;

/** Who asks for a route: a client of the tenant, in records and quotas as any other. */
export const principalOfRoute = (tenant: string, route: string): Principal => ({
  id: `route-${route}`,
  kind: 'client',
  tenant,
  scopes: new Set(['infer']),
});

type Asked = Parameters<StudyInference['infer']>[0];

/**
 * The key of a run: whoever makes the same request after a crash gets the answer that there is. A study that was removed and sent again
 * begins at the first generation again, with other images it may be: when it came tells them apart.
 */
const keyOf = ({ studyUid, generation, firstAt }: Asked, { route, name }: StudyRun): string =>
  `study/${studyUid}/${String(firstAt.getTime())}/${String(generation)}/${route}/${name}`;

/**
 * Asks a model about the files of a run, by the road of every request. The files are read when their run begins, so that memory holds
 * those of the runs at work and no more.
 */
export class RunInference implements StudyInference {
  constructor(private readonly parts: RunInferenceParts) {}

  async infer(key: Asked, run: StudyRun, signal: AbortSignal, { begun, asked }: InferenceStages): Promise<Inferred> {
    let accepted: Accepted;
    try {
      accepted = await this.accept(key, run, signal, begun);
    } catch (error) {
      if (signal.aborted) throw error;
      return judge(toServingError(error), run);
    }
    asked();
    try {
      const { bytes, contentType } = await orAborted(accepted.ended, signal);
      if (contentType !== PROBLEM_TYPE) return { kind: 'answered', request: accepted.id };
      return judge(errorOfProblem({ bytes }), run, accepted.id);
    } catch (error) {
      if (signal.aborted) throw error;
      return judge(toServingError(error), run, accepted.id);
    }
  }

  private async accept(key: Asked, run: StudyRun, signal: AbortSignal, begun: Promise<void>): Promise<Accepted> {
    const { preparation, road, files, doorkeeper } = this.parts;
    const by = principalOfRoute(key.tenant, run.route);
    // Nothing is read for who would be turned away, and nothing is taken by who still waits.
    await doorkeeper.check(by);
    const request: ImageRequest = {
      files: (await files.read(key.tenant, key.studyUid, run.instances)).map((bytes) => ({ bytes })),
      task: run.task,
      model: run.model,
      modality: run.modality,
      question: run.question,
      parameters: Object.keys(run.parameters).length === 0 ? undefined : run.parameters,
      class: run.class,
      deadlineMs: run.deadlineMs,
      allowMismatch: false,
      idempotencyKey: keyOf(key, run),
    };
    const prepared = await preparation.prepare(by, request, signal);
    await begun;
    const ticket = await doorkeeper.enter(by);
    try {
      return await road.accept(prepared, { signal, ticket, door: 'studies' });
    } finally {
      // What was accepted holds its slot itself, to its end.
      ticket.leave();
    }
  }
}

/** A model that is not there may be one that is not served at all: its route says whether it can do without. */
const NOT_SERVED: readonly Reason[] = ['model_not_found', 'task_not_found', 'task_not_available'];

/** What goes by itself. */
const PASSING: readonly Category[] = ['unavailable', 'exhausted', 'cancelled'];
/** What may. */
const MAYBE_PASSING: readonly Category[] = ['deadline', 'upstream', 'internal'];

function judge(error: ServingError, run: StudyRun, request?: string): Inferred {
  const { reason, retryAfterMs } = error;
  if (NOT_SERVED.includes(reason)) return { kind: 'not_served', reason };
  const later: Inferred = { kind: 'later', reason, ...(retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }) };
  const failed: Inferred = { kind: 'failed', reason, ...(request === undefined ? {} : { request }) };
  const { category } = error;
  if (PASSING.includes(category)) return later;
  return MAYBE_PASSING.includes(category) && run.attempts + 1 < ATTEMPTS ? later : failed;
}

/** The request goes on; only who waits for it does not. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(new ServingError('cancelled', 'The engine let go of the study.'));
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
