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

  it('make it no DICOM node unless a port is named', () => {
    expect(loadSettings(settingsSchema, REQUIRED)).toMatchObject({ MEDSERVE_AET: 'MEDSERVE', MEDSERVE_ROUTES: [] });
    expect(loadSettings(settingsSchema, REQUIRED)).not.toHaveProperty('MEDSERVE_DIMSE_PORT');
  });

  it('have to say who may associate where DICOM is reached from outside', () => {
    const open = { ...REQUIRED, MEDSERVE_DIMSE_PORT: '11112', MEDSERVE_DIMSE_HOST: '0.0.0.0' };
    expect(() => loadSettings(settingsSchema, open)).toThrow(/MEDSERVE_DIMSE_PEERS/);
    const peers = '[{"aet":"CT1","tenant":"north"}]';
    expect(loadSettings(settingsSchema, { ...open, MEDSERVE_DIMSE_PEERS: peers }).MEDSERVE_DIMSE_PEERS).toEqual([
      { aet: 'CT1', tenant: 'north' },
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['a title that is too long', `[{"aet":"${'A'.repeat(17)}"}]`],
    ['a misspelt member', '[{"aet":"CT1","tennant":"north"}]'],
  ])('refuse peers that are %s', (_, peers) => {
    expect(() => loadSettings(settingsSchema, { ...REQUIRED, MEDSERVE_DIMSE_PEERS: peers })).toThrow(
      /MEDSERVE_DIMSE_PEERS/,
    );
  });

  it('have a certificate for DICOM only with a port for it', () => {
    const half = { ...REQUIRED, MEDSERVE_DIMSE_TLS_DIR: '/tls' };
    expect(() => loadSettings(settingsSchema, half)).toThrow(/MEDSERVE_DIMSE_TLS_PORT/);
    expect(loadSettings(settingsSchema, { ...half, MEDSERVE_DIMSE_TLS_PORT: '2762' })).toMatchObject({
      MEDSERVE_DIMSE_TLS_PORT: 2_762,
    });
  });
});
