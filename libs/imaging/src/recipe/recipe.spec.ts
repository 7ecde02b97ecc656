import type { Volume } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { compileRecipe } from './recipe';
import { LAYOUTS, STEPS } from './registry';
import { pictureOf } from './testing';

const fault = (recipe: unknown): string => {
  try {
    compileRecipe(recipe);
  } catch (error) {
    if (error instanceof ServingError && error.reason === 'model_broken') return error.message;
    throw error;
  }
  return 'none';
};

const layout = { step: 'layout', order: 'nhwc', as: 'uint8' };

describe('a recipe', () => {
  it('goes from deep grey samples to the tensor of a colour model', () => {
    const recipe = compileRecipe([
      { step: 'window', using: 'header-or-percentiles' },
      { step: 'colour', to: 'rgb' },
      { step: 'resize', width: 2, height: 2, fit: 'contain' },
      layout,
    ]);
    const picture = pictureOf(4, 2, Uint16Array.of(0, 0, 4095, 4095, 0, 0, 4095, 4095), {
      window: { centre: 2048.5, width: 4096 },
    });
    const { tensor, placement } = recipe.apply(picture, 'image');
    expect(tensor).toMatchObject({ name: 'image', datatype: 'UINT8', shape: [1, 2, 2, 3] });
    expect([...tensor.data]).toEqual([0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 0, 0]);
    expect(placement).toEqual({ scaleX: 0.5, scaleY: 0.5, offsetX: 0, offsetY: 0 });
  });

  it('leaves the samples it is given as they are', () => {
    const samples = Uint8Array.of(1, 2, 3, 4);
    compileRecipe([
      { step: 'window', using: 'percentiles' },
      { step: 'resize', width: 1, height: 1, fit: 'cover' },
      layout,
    ]).apply(pictureOf(2, 2, samples), 'image');
    expect([...samples]).toEqual([1, 2, 3, 4]);
  });

  it('says which step is wrong, and how', () => {
    expect(fault('resize')).toContain('a list');
    expect(fault([])).toContain('a list');
    expect(fault([{ step: 'sharpen' }, layout])).toContain('"sharpen" is not one of');
    expect(fault([{ step: 'colour', to: 'cmyk' }, layout])).toContain('step 1 "colour": to');
    expect(fault([{ step: 'rescale', slope: 2 }, layout])).toContain('slope');
    expect(fault([layout, { step: 'colour', to: 'rgb' }])).toContain('"layout" is not one of');
    expect(fault([{ step: 'colour', to: 'rgb' }])).toContain('last step');
    expect(fault([layout])).toBe('none');
  });

  it('refuses a volume where it takes a picture', () => {
    const volume: Volume = {
      kind: 'volume',
      slices: 1,
      rows: 1,
      columns: 1,
      sampleType: 'uint8',
      samples: Uint8Array.of(1),
      geometry: {
        spacingMm: { row: 1, column: 1 },
        rowDirection: [1, 0, 0],
        columnDirection: [0, 1, 0],
        slicePositionsMm: [[0, 0, 0]],
      },
    };
    const recipe = compileRecipe([layout]);
    expect(() => recipe.apply(volume, 'image')).toThrow(ServingError);
    expect(() => recipe.apply(volume, 'image')).toThrow('single image');
  });

  it('knows every step under its own name', () => {
    for (const [id, step] of [...STEPS, ...LAYOUTS]) expect(step.id).toBe(id);
  });
});
