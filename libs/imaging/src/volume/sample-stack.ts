import type { Picture, Rescale, Samples, SampleType } from '@medserve/clinical';
import { makeSamples, RANGES } from '../samples';

export interface CommonSamples {
  readonly sampleType: SampleType;
  readonly samples: Samples;
  readonly rescale?: Rescale;
}

const NONE: Rescale = { slope: 1, intercept: 0 };

const isSame = (a: Rescale = NONE, b: Rescale = NONE): boolean => a.slope === b.slope && a.intercept === b.intercept;

/**
 * The samples of all slices in one array, filled slice by slice, so that no second copy of a series is held. Slices that share sample
 * type and rescale keep their stored values; where they differ (PET and some CT rescale each slice on its own) the rescale is
 * applied at the end, to int16 if every value fits, else to float32.
 */
export class SampleStack {
  readonly #slices: { readonly samples: Samples; readonly sampleType: SampleType; readonly rescale?: Rescale }[] = [];
  #whole: Samples | undefined;

  /** @param count slices that will be put */
  constructor(private readonly count: number) {}

  /** Takes the next slice. */
  put({ samples, sampleType, rescale }: Picture): void {
    this.#whole ??= makeSamples(sampleType, samples.length * this.count);
    const mapping = rescale === undefined ? {} : { rescale };
    if (this.#whole.constructor !== samples.constructor) {
      this.#slices.push({ samples, sampleType, ...mapping });
      return;
    }
    const from = this.#slices.length * samples.length;
    this.#whole.set(samples, from);
    this.#slices.push({ samples: this.#whole.subarray(from, from + samples.length), sampleType, ...mapping });
  }

  /** All slices together, once as many were put as were announced. */
  end(): CommonSamples {
    const [first] = this.#slices;
    if (first === undefined || this.#whole === undefined) throw new Error('a volume has at least one slice');
    const { sampleType, rescale } = first;
    if (this.#slices.every((slice) => slice.sampleType === sampleType && isSame(slice.rescale, rescale)))
      return { sampleType, samples: this.#whole, ...(rescale !== undefined && { rescale }) };
    const unit = this.#slices.find((slice) => slice.rescale?.unit !== undefined)?.rescale?.unit;
    return { ...this.rescaled(), rescale: { ...NONE, ...(unit !== undefined && { unit }) } };
  }

  private rescaled(): { readonly sampleType: SampleType; readonly samples: Samples } {
    const sampleType = this.#slices.every(fitsInt16) ? 'int16' : 'float32';
    const area = this.#slices[0]?.samples.length ?? 0;
    const out = makeSamples(sampleType, area * this.count);
    this.#slices.forEach(({ samples, rescale = NONE }, slice) => {
      for (let i = 0; i < area; i++) out[slice * area + i] = (samples[i] as number) * rescale.slope + rescale.intercept;
    });
    return { sampleType, samples: out };
  }
}

function fitsInt16({
  samples,
  sampleType,
  rescale = NONE,
}: {
  readonly samples: Samples;
  readonly sampleType: SampleType;
  readonly rescale?: Rescale;
}): boolean {
  if (sampleType === 'float32' || !Number.isInteger(rescale.slope) || !Number.isInteger(rescale.intercept))
    return false;
  const [low, high] = RANGES.int16;
  for (const sample of samples) {
    const value = sample * rescale.slope + rescale.intercept;
    if (value < low || value > high) return false;
  }
  return true;
}
