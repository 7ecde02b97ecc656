import { decimalsOf, printedUnit } from './units';

describe('a UCUM unit in print', () => {
  it.each([
    ['mL', 'mL'],
    ['mm2', 'mm²'],
    ['cm3', 'cm³'],
    ["[hnsf'U]", 'HU'],
    ['mm[Hg]', 'mmHg'],
    ['%', '%'],
    ['1', ''],
    ['', ''],
    ['{nuclei}', 'nuclei'],
    ['{nuclei}/{megapixel}', 'nuclei/megapixel'],
    ['{nuclei}/mm2', 'nuclei/mm²'],
    ['mL/min/{1.73_m2}', 'mL/min/1.73 m2'],
    ['10*3/uL', '10³/µL'],
    ['10*-6.m', '10⁻⁶·m'],
    ['s-1', 's⁻¹'],
    ['Cel', '°C'],
    ['<b>x</b>', '<b>x</b>'],
    ['{open', '{open'],
  ])('of %j is %j', (ucum, printed) => {
    expect(printedUnit(ucum)).toBe(printed);
  });

  it('is cut where it is none that anybody would write', () => {
    expect(printedUnit('m'.repeat(100_000))).toHaveLength(65);
  });
});

describe('the decimals of a measured value', () => {
  it.each([
    [2254.21, 4],
    [0, 4],
    [0.23842, 4],
    [0.0123, 4],
    [-0.000_012_3, 7],
    [1e-300, 20],
  ])('of %d are %d', (value, decimals) => {
    expect(decimalsOf(value)).toBe(decimals);
  });
});
