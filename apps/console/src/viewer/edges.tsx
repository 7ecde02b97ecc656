import { useFormat } from '../i18n';
import { scaleBar } from './scale-bar';
import type { EdgeLetters } from './orientation';
import css from './stage.module.css';

/** Directions of the patient at the edges of a slice. */
export function Letters({ letters }: { readonly letters: EdgeLetters | undefined }) {
  if (letters === undefined) return null;
  return (['left', 'right', 'top', 'bottom'] as const).map((edge) => (
    <span key={edge} className={`${css['letter'] ?? ''} ${css[edge] ?? ''}`}>
      {letters[edge]}
    </span>
  ));
}

/** How long a centimetre is here. @param scale CSS pixels a column @param width of the canvas, in CSS pixels */
export function Scale({
  spacingMm,
  scale,
  width,
}: {
  readonly spacingMm: number | undefined;
  readonly scale: number;
  readonly width: number;
}) {
  const format = useFormat();
  const bar = spacingMm === undefined ? undefined : scaleBar(spacingMm, scale, Math.min(240, width / 4));
  if (bar === undefined) return null;
  return (
    <span className={css['scale']} style={{ width: `${String(bar.width)}px` }}>
      {format.number(bar.length)} {bar.unit}
    </span>
  );
}
