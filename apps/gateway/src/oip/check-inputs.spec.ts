import type { AnyDatatype } from '@medserve/clinical';
import type { TensorBytes } from '@medserve/rpc';
import { catalogueEntry } from '@medserve/testkit';
import { checkInputs, checkOutputs } from './check-inputs';

const tensor = (name: string, datatype: AnyDatatype, ...shape: number[]): TensorBytes => ({
  name,
  datatype,
  shape,
  bytes: new Uint8Array(),
});
const model = catalogueEntry('m', {
  inputs: [tensor('a', 'INT32', -1, 16), tensor('b', 'INT32', -1, 16)],
  outputs: [tensor('sum', 'INT32', -1, 16)],
  maxBatchSize: 8,
});
const a = tensor('a', 'INT32', 2, 16);
const b = tensor('b', 'INT32', 2, 16);

describe('the inputs of a request', () => {
  it('are taken by name, in any order, up to the largest batch', () => {
    expect(() => {
      checkInputs(model, [b, a]);
      checkInputs(model, [tensor('a', 'INT32', 8, 16), tensor('b', 'INT32', 8, 16)]);
    }).not.toThrow();
  });

  it.each<[string, TensorBytes[], RegExp]>([
    ['without one of them', [a], /"b" of the model is missing/],
    ['with one that the model has not', [a, b, tensor('c', 'INT32', 2, 16)], /no input "c"/],
    ['with one twice', [a, b, a], /"a" was sent twice/],
    ['with another datatype', [tensor('a', 'FP32', 2, 16), b], /datatype INT32, not FP32/],
    ['with another size', [tensor('a', 'INT32', 2, 15), b], /shape \[-1, 16\], not \[2, 15\]/],
    ['without the batch axis', [tensor('a', 'INT32', 16), b], /not \[16\]/],
    ['with too many rows', [tensor('a', 'INT32', 9, 16), tensor('b', 'INT32', 9, 16)], /9 rows/],
    ['with no rows', [tensor('a', 'INT32', 0, 16), tensor('b', 'INT32', 0, 16)], /0 rows/],
    ['with rows that differ', [a, tensor('b', 'INT32', 3, 16)], /same number of rows/],
  ])('are refused %s', (_name, inputs, words) => {
    expect(() => {
      checkInputs(model, inputs);
    }).toThrow(
      expect.objectContaining({ reason: 'invalid_request', message: expect.stringMatching(words) as string }) as Error,
    );
  });

  it('may have any first size where the model has no batch axis', () => {
    const free = { ...model, inputs: [tensor('a', 'INT32', -1, 16)], maxBatchSize: 0 };
    expect(() => {
      checkInputs(free, [tensor('a', 'INT32', 900, 16)]);
    }).not.toThrow();
  });

  it('are left to the host where nobody has read the model yet, but for doubled names', () => {
    const unread = catalogueEntry('m');
    expect(() => {
      checkInputs(unread, [a]);
    }).not.toThrow();
    expect(() => {
      checkInputs(unread, [a, a]);
    }).toThrow();
    expect(() => {
      checkInputs(unread, []);
    }).toThrow();
  });
});

describe('the wanted outputs', () => {
  it.each([[['other']], [['sum', 'sum']]])('are refused when they are unknown or doubled: %j', (names) => {
    expect(() => {
      checkOutputs(
        model,
        names.map((name) => ({ name })),
      );
    }).toThrow(expect.objectContaining({ reason: 'invalid_request', field: 'outputs' }) as Error);
  });
});
