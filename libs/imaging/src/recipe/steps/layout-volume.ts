import type { Datatype, SampleType } from '@medserve/clinical';
import { z } from 'zod';
import { needVolume } from '../need-volume';
import { convertSamples } from '../../samples';
import type { LayoutStep } from '../step';

const parameters = z.strictObject({
  order: z.enum(['dhw', 'ndhw', 'cdhw', 'dhwc', 'ncdhw', 'ndhwc']),
  as: z.enum(['uint8', 'uint16', 'int16', 'float32']),
});

const DATATYPES: Readonly<Record<SampleType, Datatype>> = {
  uint8: 'UINT8',
  uint16: 'UINT16',
  int16: 'INT16',
  float32: 'FP32',
};

/**
 * A volume as a tensor: `d` slices, `h` rows, `w` columns; `n` and `c` are 1. Values that do not fit the type are clamped.
 */
export const layoutVolume: LayoutStep<z.infer<typeof parameters>> = {
  id: 'layout-volume',
  parameters,
  lay({ image }, name, { order, as }) {
    const { slices, rows, columns, samples, sampleType } = needVolume(image);
    const sizes: Readonly<Record<string, number>> = { n: 1, c: 1, d: slices, h: rows, w: columns };
    const shape = Array.from(order).map((axis) => sizes[axis] as number);
    return { name, datatype: DATATYPES[as], shape, data: convertSamples(samples, sampleType, as) };
  },
};
