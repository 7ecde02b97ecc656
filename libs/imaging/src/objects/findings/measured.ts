import type { Measurement, Measurements } from '@medserve/clinical';
import { quantityOf } from '../codes/quantities';
import { bare, type Finding, type Quantified } from './finding';
import type { Namer } from './namer';

export const quantified = (measurement: Measurement): Quantified => ({
  concept: quantityOf(measurement).quantity,
  measurement,
});

/** Numbers about several things are a finding each; those about the image as a whole are one finding together. */
export function measuredFindings({ measurements }: Measurements, name: Namer): Finding[] {
  const ofThings = measurements.flatMap((measurement): Finding[] => {
    const { quantity, of } = quantityOf(measurement);
    if (of === undefined) return [];
    const names = name(`measurement/${measurement.code}`, measurement.display);
    return [{ ...bare, ...names, label: of, measurements: [{ concept: quantity, measurement }] }];
  });
  const ofAll = measurements.filter((measurement) => quantityOf(measurement).of === undefined);
  if (ofAll.length === 0 && ofThings.length > 0) return ofThings;
  return [...ofThings, { ...bare, ...name('measurements', 'Measurements'), measurements: ofAll.map(quantified) }];
}
