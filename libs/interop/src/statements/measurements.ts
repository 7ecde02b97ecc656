import type { Measurement, Measurements } from '@medserve/clinical';
import { MEASUREMENTS } from '../codes/systems';
import type { Statement } from './statement';

/** @param of key of the thing that is measured, with a slash at its end */
export const ofMeasurement = (measurement: Measurement, of = ''): Statement => {
  const { value, unit, ...code } = measurement;
  return { key: `${of}measurement/${code.code}`, code, value: { kind: 'quantity', value, unit } };
};

/** A group, with one member a measurement. */
export const ofMeasurements = ({ measurements }: Measurements): Statement[] => [
  {
    key: 'measurements',
    code: MEASUREMENTS,
    value: measurements.length === 0 ? { kind: 'text', text: 'Nothing was measured.' } : { kind: 'group' },
    members: measurements.map((measurement) => ofMeasurement(measurement)),
  },
];
