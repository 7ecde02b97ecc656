import type { Decoded, Tensor } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { encodeRequest, type DispatchInput } from '@medserve/rpc';
import { describeRequest } from './describe-request';

const tensor = (shape: number[], change: Partial<Tensor> = {}): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
  ...change,
});
const describeInput = (input: DispatchInput, maxBatchSize: number, outputs?: string[]) => {
  const request = { id: 'a', tenant: 't', class: 'routine', deadlineMs: 1, input, outputs } as const;
  return describeRequest(encodeRequest(request, false).toBuffer(), maxBatchSize);
};
const describeTensors = (tensors: Tensor[], maxBatchSize: number, outputs?: string[]) =>
  describeInput({ kind: 'tensors', tensors }, maxBatchSize, outputs);

describe('describeRequest', () => {
  it('counts rows where there is a batch axis, and elements where there is none', () => {
    const tensors = [tensor([3, 4]), tensor([3, 2], { name: 'y' })];
    expect(describeTensors(tensors, 8)).toMatchObject({ rows: 3, cost: 3 });
    expect(describeTensors(tensors, 0)).toMatchObject({ rows: 1, cost: 18 });
  });

  it('counts the voxels of an image, whatever the samples are', () => {
    const volume: Decoded = {
      kind: 'volume',
      slices: 2,
      rows: 3,
      columns: 4,
      sampleType: 'int16',
      samples: new Int16Array(24),
      geometry: {
        spacingMm: { row: 1, column: 1 },
        rowDirection: [1, 0, 0],
        columnDirection: [0, 1, 0],
        slicePositionsMm: [],
      },
    };
    expect(describeInput({ kind: 'decoded', decoded: volume }, 0)).toEqual({ signature: 'volume', rows: 1, cost: 24 });
  });

  it('gives one signature to what may run together, and others to all else', () => {
    const sign = (given: Tensor, outputs?: string[]) => describeTensors([given], 8, outputs).signature;
    expect(sign(tensor([1, 4]))).toBe(sign(tensor([3, 4])));
    const signatures = [
      sign(tensor([1, 4])),
      sign(tensor([1, 5])),
      sign(tensor([1, 4, 1])),
      sign(tensor([1, 4], { name: 'z' })),
      sign(tensor([1, 4], { datatype: 'INT32', data: new Int32Array(4) })),
      sign(tensor([1, 4]), ['y']),
      sign(tensor([1, 4]), ['y', 'z']),
      sign(tensor([1, 4]), ['y,z']),
    ];
    expect(new Set(signatures).size).toBe(signatures.length);
  });

  it('counts texts as rows, and refuses none of them or more than are read', () => {
    const describeTexts = (texts: string[]) => describeInput({ kind: 'texts', texts }, 3);
    expect(describeTexts(['a', 'b'])).toEqual({ signature: 'texts', rows: 2, cost: 2 });
    expect(() => describeTexts([])).toThrow(ServingError);
    expect(() => describeTexts(['a', 'b', 'c', 'd'])).toThrow(ServingError);
  });

  it.each([
    ['more rows than run together', [tensor([9, 1])]],
    ['no rows', [tensor([0, 1])]],
    ['tensors of different numbers of rows', [tensor([2, 1]), tensor([1, 1], { name: 'y' })]],
    ['a tensor without axes', [tensor([])]],
    ['no tensors', []],
  ])('refuses %s', (_, tensors) => {
    expect(() => describeTensors(tensors, 8)).toThrow(ServingError);
  });
});
