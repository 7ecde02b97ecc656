import type { Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { z } from 'zod';
import { findBody } from '../../volume/find-body';
import { needVolume } from '../need-volume';
import type { Step } from '../step';

const parameters = z.strictObject({
  /** Hounsfield units from which on a sample can be body; half way between air and water is the edge of the skin. */
  aboveHu: z.number().default(-500),
  /** What is narrower than this along a row connects nothing with the body: the walls of a head holder. */
  leastWidthMm: z.number().min(0).max(20).default(3),
  /** What everything outside becomes. */
  outside: z.int().min(-32768).max(32767).default(-32768),
});

/**
 * Takes everything but the body out of a CT volume in Hounsfield units: air around it, table, padding (`findBody` says what
 * counts as body). A volume without any body becomes `outside` throughout.
 */
export const body: Step<z.infer<typeof parameters>> = {
  id: 'body',
  parameters,
  apply: ({ image, placement }, wanted) => ({ image: bodyOnly(needVolume(image), wanted), placement }),
};

function bodyOnly(volume: Volume, { aboveHu, leastWidthMm, outside }: z.infer<typeof parameters>): Volume {
  if (!(volume.samples instanceof Int16Array))
    throw new Error('"body" takes int16; a "hounsfield" step has to come before it.');
  const leastRun = Math.min(volume.columns, Math.ceil(leastWidthMm / volume.geometry.spacingMm.column));
  const found = findBody(volume.samples, volume, aboveHu, leastRun);
  if (found === undefined) throw new ServingError('unreadable_image', 'The volume holds noise, not a body.');
  const samples = new Int16Array(volume.samples.length).fill(outside);
  found.forEach((stretches, line) => {
    const offset = line * volume.columns;
    for (let at = 0; at < stretches.length; at += 2) {
      const [start, end] = [offset + (stretches[at] as number), offset + (stretches[at + 1] as number)];
      samples.set((volume.samples as Int16Array).subarray(start, end), start);
    }
  });
  return { ...volume, samples };
}
