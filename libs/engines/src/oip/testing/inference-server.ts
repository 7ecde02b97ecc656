import type { AnyTensor } from '@medserve/clinical';
import type { TensorSpec } from '../../engine';
import { answerJson, type Handler, type Received } from '../../pools/testing/scripted-server';
import { bytesOf, jsonOf, tensorIn, tensorOfJson } from '../tensor-bytes';

export interface ServedModel {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly datatype: string; readonly shape: readonly number[] }[];
  readonly outputs: ServedModel['inputs'];
  run(feeds: readonly AnyTensor[]): readonly AnyTensor[];
}

interface SentTensor {
  readonly name: string;
  readonly datatype: TensorSpec['datatype'];
  readonly shape: readonly number[];
  readonly parameters?: { readonly binary_data_size?: number };
  readonly data?: unknown;
}

const exactly = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && /^-?\d{16,}$/.test(context?.source ?? '') ? BigInt(context?.source ?? '') : value;

function feedsIn({ headers, body }: Received): { feeds: AnyTensor[]; wanted: readonly string[] } {
  const length = headers['inference-header-content-length'];
  let at = length === undefined ? body.byteLength : Number(length);
  const { inputs, outputs } = JSON.parse(body.toString('utf8', 0, at), exactly) as {
    inputs: SentTensor[];
    outputs: { name: string }[];
  };
  const feeds = inputs.map((input) => {
    const size = input.parameters?.binary_data_size;
    if (size === undefined) return tensorOfJson(input.data, input, input.shape);
    at += size;
    return tensorIn(body.subarray(at - size, at), input, input.shape);
  });
  return { feeds, wanted: outputs.map(({ name }) => name) };
}

function answer({ response }: Received, model: string, outputs: readonly AnyTensor[], isBinary: boolean): void {
  const told = outputs.map((output) => {
    const head = `"name":${JSON.stringify(output.name)},"datatype":"${output.datatype}","shape":${JSON.stringify(output.shape)}`;
    return isBinary
      ? `{${head},"parameters":{"binary_data_size":${String(bytesOf(output).byteLength)}}}`
      : `{${head},"data":${jsonOf(output)}}`;
  });
  const header = Buffer.from(`{"model_name":${JSON.stringify(model)},"outputs":[${told.join(',')}]}`);
  if (isBinary) response.setHeader('inference-header-content-length', String(header.byteLength));
  response.end(Buffer.concat([header, ...(isBinary ? outputs.map(bytesOf) : [])]));
}

/** A server that speaks the Open Inference Protocol, with tensors behind the JSON or without. */
export const inferenceServer =
  (models: readonly ServedModel[], { isBinary = true } = {}): Handler =>
  (received) => {
    const [, name = '', infer] = /^\/v2\/models\/([^/]+)(\/infer)?$/.exec(received.path) ?? [];
    const model = models.find((each) => each.name === decodeURIComponent(name));
    if (received.path === '/v2/health/ready') answerJson(received, 200, { ready: true });
    else if (received.path === '/v2') answerJson(received, 200, { extensions: isBinary ? ['binary_tensor_data'] : [] });
    else if (!model) answerJson(received, 404, { error: 'there is no such thing' });
    else if (infer === undefined) answerJson(received, 200, { name, inputs: model.inputs, outputs: model.outputs });
    else {
      const { feeds, wanted } = feedsIn(received);
      const outputs = model.run(feeds);
      answer(
        received,
        model.name,
        wanted.flatMap((output) => outputs.filter((each) => each.name === output)),
        isBinary,
      );
    }
  };
