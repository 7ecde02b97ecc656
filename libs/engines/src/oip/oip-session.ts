import type { AnyTensor } from '@medserve/clinical';
import { RUN_LOST, ServingError } from '@medserve/errors';
import { checkFeeds, checkWanted } from '../check-feeds';
import type { Session, TensorSpec } from '../engine';
import { readAll } from '../pools/pool-connection';
import type { Replicas } from '../pools/replicas';
import { binaryRequest, HEADER_LENGTH, jsonRequest, readAnswer } from './infer-message';
import { refusedRun } from './refused-run';

/** Of one answer: what fits in a run of ours fits in it. */
const MAX_ANSWER_BYTES = 512 * 2 ** 20;

export interface OipModel {
  /** As the servers call it. */
  readonly name: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Whether the servers take tensors behind the JSON. */
  readonly isBinary: boolean;
}

/** A model that servers of a pool hold, asked by the Open Inference Protocol. Blocks no thread. */
export class OipSession implements Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  private readonly leaving = new AbortController();
  private readonly path: string;

  constructor(
    private readonly model: OipModel,
    private readonly replicas: Replicas,
  ) {
    this.inputs = model.inputs;
    this.outputs = model.outputs;
    this.path = `/v2/models/${encodeURIComponent(model.name)}/infer`;
  }

  async run(feeds: readonly AnyTensor[], wanted?: readonly string[]): Promise<readonly AnyTensor[]> {
    const ordered = checkFeeds(this.inputs, feeds);
    const chosen = wanted ? checkWanted(this.outputs, wanted) : this.outputs;
    const { headers, body } = this.model.isBinary ? binaryRequest(ordered, chosen) : jsonRequest(ordered, chosen);
    const answer = await this.replicas.ask({
      method: 'POST',
      path: this.path,
      headers,
      body,
      signal: this.leaving.signal,
    });
    const { statusCode: status = 0, headers: told } = answer;
    if (status !== 200) {
      answer.destroy();
      throw refusedRun(status, told['retry-after']);
    }
    const whole = await readAll(answer, MAX_ANSWER_BYTES).catch((error: unknown) => {
      throw new ServingError('inference_failed', 'The server of the pool broke off its answer.', {
        ...RUN_LOST,
        cause: error,
      });
    });
    return readAnswer(whole, told[HEADER_LENGTH] as string | undefined, chosen);
  }

  close(): Promise<void> {
    this.leaving.abort(new ServingError('unavailable', 'The model is being unloaded.'));
    this.replicas.close();
    return Promise.resolve();
  }
}
