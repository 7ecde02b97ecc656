import type { Recipe } from '@medserve/engines';
import type { Answered, Promised } from './promised';

type DualEncoder = Recipe['standIn'] & { readonly kind: 'dual-encoder' };

const CHANNELS = 3;
const TOLERANCE = 1e-3;

const refused = ({ status, body }: Answered): string =>
  `status ${String(status)}: ${JSON.stringify(body).slice(0, 400)}`;

function wrongVector(vector: readonly number[] | undefined, dimension: number): string | undefined {
  if (vector?.length !== dimension) return `a vector of ${String(vector?.length ?? 0)} numbers`;
  const length = Math.hypot(...vector);
  return Math.abs(length - 1) <= TOLERANCE ? undefined : `a vector of length ${String(length)}`;
}

/** What a recipe of an encoder of images and texts promises: vectors of one space. */
export const proveDualEncoder = ({ system }: Recipe, { side, dimension }: DualEncoder): readonly Promised[] => [
  {
    promise: `an image of ${String(side)} x ${String(side)} becomes a vector of ${String(dimension)}`,
    keep: async (doors) => {
      const data = Array.from({ length: CHANNELS * side * side }, (_, at) => (at % 7) / 7);
      const shape = [1, CHANNELS, side, side];
      const answered = await doors.json(`/v2/models/${system}-image/infer`, {
        inputs: [{ name: 'image', datatype: 'FP32', shape, data }],
      });
      const { outputs } = answered.body as { outputs?: readonly { readonly data: readonly number[] }[] };
      return answered.status === 200 ? wrongVector(outputs?.[0]?.data, dimension) : refused(answered);
    },
  },
  {
    promise: `a text becomes a vector of ${String(dimension)}`,
    keep: async (doors) => {
      const answered = await doors.json('/v1/embeddings', {
        model: `${system}-text`,
        input: ['a radiograph of the chest'],
      });
      const { data } = answered.body as { data?: readonly { readonly embedding: readonly number[] }[] };
      return answered.status === 200 ? wrongVector(data?.[0]?.embedding, dimension) : refused(answered);
    },
  },
];
