import { defineMessages } from '../i18n/define-messages';

/**
 * What evidence of our own readers says, as a sentence each: its members, by name, fill the text. Of any other kind, and of members
 * that stand in no text, names and values are shown.
 */
export const EVIDENCE = defineMessages({
  en: {
    head: 'The scores of “{about}” are a {activation} at temperature {temperature}; below {abstainBelow} it is not sure.',
    'hounsfield-range': '{samples} samples lie in {range}: {mL} mL ({code}).',
    'between-ranges': '{samples} samples lie between the ranges, in {range}: {mL} mL, counted to none of them.',
    geometry:
      '{slices, plural, one {One slice} other {# slices}} that cover {coveredMm} mm; a sample is {sampleAreaMm2} mm² large.',
    grid: 'The volume was resampled to {spacingMm} mm: {samples} samples.',
    label: '{samples} samples are {code}.',
    stains: 'The stains are taken for {assumed}; {unexplained} of the colour is explained by neither.',
    segment: '{segment}: {samples} samples in {slices, plural, one {one slice} other {# slices}}.',
    boxes:
      'The model wrote {written, plural, one {one box} other {# boxes}}; {given, plural, one {one stands} other {# stand}} here.',
    'not-found': 'The model says that it found nothing.',
    report:
      '{sentences, plural, one {One sentence} other {# sentences}}, {grounded, plural, =0 {none} one {one of which} other {# of which}} with places.',
    text: 'Read as {form, select, closed {yes or no} choice {a choice} open {free words} other {{form}}}.',
  },
  es: {
    head: 'Las puntuaciones de «{about}» son un {activation} a temperatura {temperature}; por debajo de {abstainBelow} no hay seguridad.',
    'hounsfield-range': '{samples} muestras están en {range}: {mL} mL ({code}).',
    'between-ranges': '{samples} muestras quedan entre los intervalos, en {range}: {mL} mL, sin contar en ninguno.',
    geometry:
      '{slices, plural, one {Un corte} other {# cortes}} que abarcan {coveredMm} mm; una muestra ocupa {sampleAreaMm2} mm².',
    grid: 'El volumen se remuestreó a {spacingMm} mm: {samples} muestras.',
    label: '{samples} muestras son {code}.',
    stains: 'Se supone que las tinciones son {assumed}; ninguna de ellas explica {unexplained} del color.',
    segment: '{segment}: {samples} muestras en {slices, plural, one {un corte} other {# cortes}}.',
    boxes:
      'El modelo escribió {written, plural, one {un recuadro} other {# recuadros}}; aquí {given, plural, one {hay uno} other {hay #}}.',
    'not-found': 'El modelo dice que no encontró nada.',
    report:
      '{sentences, plural, one {Una frase} other {# frases}}, {grounded, plural, =0 {ninguna} one {una de ellas} other {# de ellas}} con lugares.',
    text: 'Leído como {form, select, closed {sí o no} choice {una elección} open {palabras libres} other {{form}}}.',
  },
});

export type EvidenceKind = keyof (typeof EVIDENCE)['en'];

/** Members that a sentence needs; without one of them it is not said. */
const NEEDS: Readonly<Record<EvidenceKind, readonly string[]>> = {
  head: ['about', 'activation', 'temperature', 'abstainBelow'],
  'hounsfield-range': ['samples', 'mL', 'code'],
  'between-ranges': ['samples', 'mL'],
  geometry: ['slices', 'coveredMm', 'sampleAreaMm2'],
  grid: ['spacingMm', 'samples'],
  label: ['samples', 'code'],
  stains: ['assumed', 'unexplained'],
  segment: ['segment', 'samples', 'slices'],
  boxes: ['written', 'given'],
  'not-found': [],
  report: ['sentences', 'grounded'],
  text: ['form'],
};

/** Members that a sentence tells. */
const TOLD: Readonly<Partial<Record<EvidenceKind, readonly string[]>>> = {
  'hounsfield-range': ['fromHu', 'toHu'],
  'between-ranges': ['fromHu', 'toHu'],
  label: ['label'],
};

export type Evidence = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface EvidenceWords {
  /** The text to say, undefined where there is none of this kind. */
  readonly key: EvidenceKind | undefined;
  /** What the text does not tell. */
  readonly rest: Readonly<Record<string, unknown>>;
}

const isScalar = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

/** Which sentence tells a piece of evidence, and what remains to be listed. */
export function evidenceWords(evidence: Evidence): EvidenceWords {
  const { kind, ...members } = evidence;
  const needs = Object.hasOwn(NEEDS, kind) ? NEEDS[kind as EvidenceKind] : undefined;
  if (needs === undefined || !needs.every((name) => isScalar(members[name]))) return { key: undefined, rest: members };
  const key = kind as EvidenceKind;
  const told = new Set([...needs, ...(TOLD[key] ?? [])]);
  return { key, rest: Object.fromEntries(Object.entries(members).filter(([name]) => !told.has(name))) };
}
