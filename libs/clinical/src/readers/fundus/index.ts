import type { AnswerPart, Finding, Measurement, Region } from '../../answers/answer';
import { hysteresis } from '../../pixels/hysteresis';
import { encodeMaskInImage } from '../../pixels/run-length';
import { byteOutput, floatOutput } from '../output-tensor';
import { defineReader, type Placement, type Reading } from '../reader';
import { findDisc, type Disc } from './disc';
import { findField, type Field } from './field';
import { sideOf, type Side } from './laterality';
import { fundusParameters, type FundusParameters } from './parameters';

const SNOMED_CT = 'http://snomed.info/sct';
const VESSEL = { code: '28758002', system: SNOMED_CT, display: 'Blood vessel of retina' };
const OPTIC_DISC = { code: '81016008', system: SNOMED_CT, display: 'Optic disc' };

/** Less of the picture lit than this, and there is nothing to judge. */
const LEAST_FIELD_SHARE = 0.05;
/** Vessel shares of the field, in percent, outside which the picture or the filter deserves a look. */
const USUAL_DENSITY = { from: 3, to: 20 };
const RIVAL_NOTABLE = 0.85;

/**
 * Reads vessels, optic disc, field and laterality from the fundus graph: outputs `vesselness` [1, h, w] and `field` [1, h, w]
 * in model pixels, `disc` [1, radii, h / stride, w / stride].
 */
export const fundus = defineReader<FundusParameters>({
  id: 'fundus',
  parameters: fundusParameters,
  read(reading, parameters) {
    const vesselness = floatOutput(reading, 'vesselness', 3);
    const [, height = 0, width = 0] = vesselness.shape;
    const lit = byteOutput(reading, 'field', 3);
    const scores = floatOutput(reading, 'disc', 4);
    const field = findField(lit.data, width, height);
    const strength = vesselness.data.map((value, at) => (field.mask[at] ? value : 0));
    const vessels = hysteresis(strength, width, height, parameters.vessels);
    const { radii, stride, leastScore, leastScoreInCrop } = parameters.disc;
    const [, , rows = 0, columns = 0] = scores.shape;
    const disc = findDisc(scores.data, rows, columns, {
      radii,
      stride,
      leastScore: field.circle ? leastScore : leastScoreInCrop,
    });
    const side = disc && field.circle && sideOf(disc, field.circle, parameters.laterality.leastOffset);
    return report(reading, { width, height }, { field, vessels, disc, side }, parameters);
  },
});

interface Seen {
  readonly field: Field;
  readonly vessels: Uint8Array;
  readonly disc: Disc | undefined;
  readonly side: Side | undefined;
}

function report(
  { input, placement }: Reading,
  model: { readonly width: number; readonly height: number },
  { field, vessels, disc, side }: Seen,
  parameters: FundusParameters,
): Finding {
  if (input.kind !== 'picture') throw new Error('the fundus reader reads pictures, not volumes');
  const frame = { width: input.width, height: input.height };
  const vesselPixels = vessels.reduce((sum, value) => sum + value, 0);
  const density = field.pixels > 0 ? (100 * vesselPixels) / field.pixels : 0;
  const empty = field.pixels < LEAST_FIELD_SHARE * model.width * model.height;

  const regions: Region[] = [{ label: VESSEL, mask: encodeMaskInImage(vessels, model, frame, placement) }];
  if (disc) regions.push({ label: OPTIC_DISC, score: discScore(disc), box: discBox(disc, frame, placement) });
  const parts: AnswerPart[] = [
    { kind: 'measurements', measurements: measurements(density, disc, field, placement) },
    ...(side ? [side.classification] : []),
  ];
  return {
    answer: { kind: 'regions', regions, frame, parts },
    decision: empty || vesselPixels === 0 ? 'abstained' : 'answered',
    confidence: {
      ...(disc && { disc: discScore(disc) }),
      ...(side && { laterality: side.classification.labels[0]?.score ?? 0 }),
    },
    evidence: [
      { kind: 'threshold', ...parameters.vessels, of: 'line strength in units of local contrast' },
      { kind: 'count', vesselPixels, fieldPixels: field.pixels, in: 'model pixels' },
      ...(disc ? [{ kind: 'optic-disc', strength: round(disc.strength, 3), rival: round(disc.rival, 3) }] : []),
      ...(side
        ? [{ kind: 'laterality', discOffset: round(side.offset, 3), of: 'field radius, positive to the right' }]
        : []),
    ],
    warnings: warnings({ field, disc, side }, density, empty, vesselPixels),
  };
}

/** Grows with the strength towards 1; not a calibrated probability. */
function discScore({ strength }: Disc): number {
  return round(1 - Math.exp(-strength), 4);
}

function discBox({ x, y, radius }: Disc, frame: { readonly width: number; readonly height: number }, p: Placement) {
  const left = Math.max(0, (x - radius - p.offsetX) / p.scaleX);
  const top = Math.max(0, (y - radius - p.offsetY) / p.scaleY);
  const right = Math.min(frame.width, (x + radius - p.offsetX) / p.scaleX);
  const bottom = Math.min(frame.height, (y + radius - p.offsetY) / p.scaleY);
  return { x: round(left, 1), y: round(top, 1), width: round(right - left, 1), height: round(bottom - top, 1) };
}

function measurements(density: number, disc: Disc | undefined, { circle }: Field, p: Placement): Measurement[] {
  const pixels = (code: string, display: string, value: number) => ({
    code,
    display,
    value: round(value, 1),
    unit: '{pixel}',
  });
  return [
    { code: 'vessel-density', display: 'Vessel area, share of the field', value: round(density, 2), unit: '%' },
    ...(disc
      ? [
          pixels('optic-disc-x', 'Optic disc centre, from the left edge', (disc.x - p.offsetX) / p.scaleX),
          pixels('optic-disc-y', 'Optic disc centre, from the top edge', (disc.y - p.offsetY) / p.scaleY),
          pixels('optic-disc-diameter', 'Optic disc diameter', (2 * disc.radius) / p.scaleX),
        ]
      : []),
    ...(circle ? [pixels('field-diameter', 'Diameter of the field', (2 * circle.radius) / p.scaleX)] : []),
  ];
}

function warnings(
  { field, disc, side }: Omit<Seen, 'vessels'>,
  density: number,
  empty: boolean,
  vesselPixels: number,
): string[] {
  const said: string[] = [];
  if (empty) said.push('Almost nothing of the picture is lit; nothing was judged.');
  else if (vesselPixels === 0) said.push('No vessel was found.');
  else if (density < USUAL_DENSITY.from || density > USUAL_DENSITY.to) {
    said.push(
      `The vessel density of ${String(round(density, 1))} % lies outside the usual ${String(USUAL_DENSITY.from)} to ${String(USUAL_DENSITY.to)} % of a whole fundus photograph.`,
    );
  }
  if (!field.circle) {
    said.push(
      'No round edge of the field was found (a crop?): the scale is unknown, and the filters may not fit the vessels.',
    );
  }
  if (!disc) said.push('No optic disc was found, so no laterality is given.');
  else if (disc.rival > RIVAL_NOTABLE) said.push('Another place looks almost as much like an optic disc.');
  if (disc && !side) {
    said.push(
      field.circle
        ? 'The optic disc lies near the centre of the field, which does not tell left from right: no laterality is given.'
        : 'Without the edge of the field the place of the optic disc does not tell left from right: no laterality is given.',
    );
  }
  return said;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
