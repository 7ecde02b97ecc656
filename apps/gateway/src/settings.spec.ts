import { loadSettings } from '@medserve/runtime';
import { settingsSchema } from './settings';

const REQUIRED = {
  MEDSERVE_DATABASE_URL: 'postgres://somewhere/medserve',
  MEDSERVE_PEPPER_FILE: '/keys/pepper',
  MEDSERVE_ROUTER: '127.0.0.1:7000',
};

describe('the settings of a gateway', () => {
  it('have the record on unless told otherwise', () => {
    expect(loadSettings(settingsSchema, REQUIRED).MEDSERVE_RECORD).toBe('on');
  });

  it.each([undefined, '', 'true', 'no'])('refuse a record that is off when its purpose is "%s"', (purpose) => {
    const source = { ...REQUIRED, MEDSERVE_RECORD: 'off', MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS: purpose };
    expect(() => loadSettings(settingsSchema, source)).toThrow(/MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS/);
  });

  it('take the record off for who says that it is for benchmarks', () => {
    const source = { ...REQUIRED, MEDSERVE_RECORD: 'off', MEDSERVE_RECORD_OFF_IS_FOR_BENCHMARKS: 'yes' };
    expect(loadSettings(settingsSchema, source).MEDSERVE_RECORD).toBe('off');
  });
});
