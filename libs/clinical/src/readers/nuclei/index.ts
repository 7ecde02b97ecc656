import type { Box, Finding, Measurement } from '../../answers/answer';
import type { PictureHeader } from '../../pixels/picture';
import { byteOutput, floatOutput } from '../output-tensor';
import { defineReader, type Placement } from '../reader';
import { findNuclei, type Nucleus } from './find-nuclei';
import { nucleiParameters, type NucleiParameters } from './parameters';
import { stainedShares, type StainedShares } from './stained-shares';

const NUCLEUS = { code: 'nucleus', display: 'Cell nucleus' };

/**
 * Reads nuclei and stained area from the stain graph. Outputs `haematoxylin`, `counterstain`, `nuclear`, `spots` [1, h, w] in
 * optical density and `tissue` [1, h, w]; `scale` [1] in model pixels; `residual` [1, 2] for H&E and H-DAB.
 */
export const nuclei = defineReader<NucleiParameters>({
  id: 'nuclei',
  parameters: nucleiParameters,
  read(reading, parameters) {
    const { input, placement } = reading;
    if (input.kind !== 'picture') throw new Error('the nuclei reader reads pictures, not volumes');
    const haematoxylin = floatOutput(reading, 'haematoxylin', 3);
    const [, height = 0, width = 0] = haematoxylin.shape;
    const counterstain = floatOutput(reading, 'counterstain', 3).data;
    const tissue = byteOutput(reading, 'tissue', 3).data;
    const [residualHe = 0, residualDab = 0] = floatOutput(reading, 'residual', 2).data;
    const [isHe = 0] = floatOutput(reading, 'is_h_and_e', 1).data;
    const [radius = 0] = floatOutput(reading, 'scale', 1).data;
    const stains = isHe > 0 ? 'H&E' : 'H-DAB';
    const residual = isHe > 0 ? residualHe : residualDab;

    const shares = stainedShares(haematoxylin.data, counterstain, tissue, parameters.positive);
    const noTissue = shares.tissuePixels < parameters.leastTissueShare * width * height;
    const maps = {
      width,
      height,
      radius,
      counterstain,
      tissue,
      nuclear: floatOutput(reading, 'nuclear', 3).data,
      spots: floatOutput(reading, 'spots', 3).data,
    };
    const found = noTissue ? [] : findNuclei(maps, parameters, stains === 'H-DAB');
    return report(
      { input, placement, stains, residual, radius, noTissue, shares, found, pixels: width * height },
      parameters,
    );
  },
});

interface Seen {
  readonly input: PictureHeader;
  readonly placement: Placement;
  readonly stains: 'H&E' | 'H-DAB';
  readonly residual: number;
  readonly radius: number;
  readonly noTissue: boolean;
  readonly shares: StainedShares;
  readonly found: readonly Nucleus[];
  readonly pixels: number;
}

function report(seen: Seen, parameters: NucleiParameters): Finding {
  const { input, placement, stains, found, noTissue, shares } = seen;
  const frame = { width: input.width, height: input.height };
  const regions = found.slice(0, parameters.mostBoxes).map((nucleus) => ({
    label: NUCLEUS,
    score: round(1 - Math.exp(-nucleus.peak / parameters.nuclei.leastStrength / 2), 3),
    box: boxInImage(nucleus, placement, frame),
  }));
  return {
    answer: {
      kind: 'measurements',
      measurements: measurements(seen),
      parts: [{ kind: 'regions', regions, frame }],
    },
    decision: noTissue ? 'abstained' : 'answered',
    confidence: noTissue ? {} : { stains: round(Math.max(0, 1 - seen.residual / (2 * parameters.mostResidual)), 3) },
    evidence: [
      { kind: 'stains', assumed: stains, unexplained: round(seen.residual, 4) },
      { kind: 'threshold', ...parameters.positive, of: 'optical density, base 10' },
      {
        kind: 'count',
        tissuePixels: shares.tissuePixels,
        pixels: seen.pixels,
        haematoxylinNuclei: found.filter(({ stain }) => stain === 'haematoxylin').length,
        counterstainNuclei: found.filter(({ stain }) => stain === 'counterstain').length,
        prevailingRadius: round(seen.radius / placement.scaleX, 2),
      },
    ],
    warnings: warnings(seen, parameters),
  };
}

function measurements({ input, stains, found, noTissue, shares, pixels, placement }: Seen): Measurement[] {
  const count = found.length;
  const list: Measurement[] = [
    { code: 'nuclei', display: 'Cell nuclei', value: count, unit: '{nuclei}' },
    {
      code: 'tissue-share',
      display: 'Tissue, share of the image',
      value: round((100 * shares.tissuePixels) / pixels, 2),
      unit: '%',
    },
  ];
  if (noTissue) return list;
  const tissueInImage = shares.tissuePixels / (placement.scaleX * placement.scaleY);
  list.push(perMegapixel(count, tissueInImage));
  if (input.spacingMm) {
    const area = tissueInImage * input.spacingMm.row * input.spacingMm.column;
    list.push({
      code: 'nuclear-density',
      display: 'Cell nuclei per area of tissue',
      value: round(count / area, 1),
      unit: '{nuclei}/mm2',
    });
  }
  const share = (code: string, display: string, part: number) => ({
    code,
    display,
    value: round(100 * part, 2),
    unit: '%',
  });
  list.push(share('haematoxylin-area-share', 'Haematoxylin area, share of the tissue', shares.haematoxylin));
  list.push(
    stains === 'H-DAB'
      ? share('dab-positive-share', 'DAB-positive area, share of the tissue', shares.counterstain)
      : share('eosin-area-share', 'Eosin area, share of the tissue', shares.counterstain),
  );
  return list;
}

function perMegapixel(count: number, tissuePixels: number): Measurement {
  return {
    code: 'nuclei-per-megapixel',
    display: 'Cell nuclei per million pixels of tissue',
    value: round((count * 1e6) / tissuePixels, 1),
    unit: '{nuclei}/{megapixel}',
  };
}

function boxInImage(n: Nucleus, p: Placement, frame: { readonly width: number; readonly height: number }): Box {
  const x = Math.max(0, (n.left - p.offsetX) / p.scaleX);
  const y = Math.max(0, (n.top - p.offsetY) / p.scaleY);
  return {
    x: round(x, 1),
    y: round(y, 1),
    width: round(Math.min(frame.width, (n.right + 1 - p.offsetX) / p.scaleX) - x, 1),
    height: round(Math.min(frame.height, (n.bottom + 1 - p.offsetY) / p.scaleY) - y, 1),
  };
}

function warnings({ input, stains, residual, noTissue, found }: Seen, parameters: NucleiParameters): string[] {
  if (noTissue) return ['There is almost no tissue in the image: nothing absorbs light.'];
  const said: string[] = [];
  if (input.channels === 1) said.push('The image is grey: stains cannot be told apart.');
  if (residual > parameters.mostResidual) {
    said.push(
      `Stain separation knows haematoxylin with eosin or with DAB; ${String(round(100 * residual, 1))} % of the absorption fits neither pair (another stain?), so counts and shares are doubtful.`,
    );
  }
  if (stains === 'H&E') said.push('The colours fit H&E better than H-DAB, so no DAB-positive share is given.');
  if (!input.spacingMm)
    said.push('The image has no pixel spacing, so density is given per megapixel and not per square millimetre.');
  if (found.length > parameters.mostBoxes) {
    said.push(
      `Of ${String(found.length)} nuclei the ${String(parameters.mostBoxes)} strongest have a box; the count holds all.`,
    );
  }
  return said;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
