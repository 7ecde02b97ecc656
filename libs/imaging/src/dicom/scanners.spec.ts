import { knownScanner } from './scanners';

describe('what made an image', () => {
  it.each([
    ['SIEMENS', 'SOMATOM Force', 'siemens:somatom'],
    ['Siemens Healthineers', 'Biograph 64', 'siemens:biograph'],
    ['GE MEDICAL SYSTEMS', 'LightSpeed VCT', 'ge:lightspeed'],
    ['Philips Medical Systems', 'Brilliance 16', 'philips:brilliance'],
    ['TOSHIBA', 'Aquilion ONE', 'canon:aquilion'],
    ['Canon', 'CR-2 AF', 'canon:cr-2'],
    ['3DHISTECH', 'PANNORAMIC 250', '3dhistech:pannoramic'],
    ['FUJIFILM Corporation', undefined, 'fujifilm:other'],
  ])('is told by words of the list: %s %s', (manufacturer, model, known) => {
    expect(knownScanner(manufacturer, model)).toBe(known);
  });

  it.each([
    ['SIEMENS', 'Jane Doe', 'siemens:other'],
    ['SIEMENS', 'DOE^JANE^SOMATOMIC', 'siemens:other'],
    ['Jane Doe', 'SOMATOM', 'other'],
    ['GERALD SMITH', 'SIGNA', 'other'],
    ['', '', 'other'],
    ['\u0000\\', '\n', 'other'],
  ])('is never what else a header says there: %j %j', (manufacturer, model, known) => {
    expect(knownScanner(manufacturer, model)).toBe(known);
  });
});
