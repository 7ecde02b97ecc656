/** Colours that are told apart on grey and by most people who see some colours less well (Okabe and Ito), as RGB. */
const COLOURS = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
] as const;

export type Rgb = readonly [red: number, green: number, blue: number];

/** The colour of a finding by its place in the answer, the same in every object. */
export const colourOf = (index: number): Rgb => COLOURS[index % COLOURS.length] as Rgb;

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const root = (value: number): number =>
  value > (6 / 29) ** 3 ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29;

/** sRGB as CIELab under D50, each in the 16 bits that DICOM writes it with (PS3.3 C.10.7.1.1; matrix of IEC 61966-2-1 adapted to D50). */
export function cieLab(rgb: Rgb): readonly [number, number, number] {
  const [r, g, b] = rgb.map((value) => linear(value / 255)) as [number, number, number];
  const x = root((0.4360747 * r + 0.3850649 * g + 0.1430804 * b) / 0.9642);
  const y = root(0.2225045 * r + 0.7168786 * g + 0.0606169 * b);
  const z = root((0.0139322 * r + 0.0971045 * g + 0.7141733 * b) / 0.8249);
  const [lightness, a, other] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  return [scaled(lightness / 100), scaled((a + 128) / 255), scaled((other + 128) / 255)];
}

const scaled = (share: number): number => Math.round(Math.min(1, Math.max(0, share)) * 0xffff);
