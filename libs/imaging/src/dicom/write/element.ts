/** A data set to be written. Elements are written in the order of their tags, whatever the order here. */
export type DataSetOut = ReadonlyMap<number, ElementOut>;

/** One element to be written: its value as text, as numbers, as items, or as the bytes that it has in explicit VR little endian. */
export type ElementOut =
  | { readonly vr: TextVr; readonly value: string | readonly string[] }
  | { readonly vr: NumberVr; readonly value: number | readonly number[] }
  | { readonly vr: 'SQ'; readonly items: readonly DataSetOut[] }
  | { readonly vr: string; readonly bytes: Buffer };

/** Several values are joined by backslashes; the padding is added. */
export type TextVr =
  | 'AE'
  | 'AS'
  | 'CS'
  | 'DA'
  | 'DT'
  | 'LO'
  | 'LT'
  | 'PN'
  | 'SH'
  | 'ST'
  | 'TM'
  | 'UC'
  | 'UI'
  | 'UR'
  | 'UT';

/** DS and IS are written as text of at most 16 and 12 characters; AT as two 16-bit numbers. */
export type NumberVr = 'AT' | 'DS' | 'FD' | 'FL' | 'IS' | 'SL' | 'SS' | 'UL' | 'US';
