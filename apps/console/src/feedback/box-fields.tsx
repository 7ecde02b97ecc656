import type { Box } from '@medserve/clinical';
import { useState } from 'react';
import { useText } from '../i18n';
import { Button, Field, Notice } from '../ui';
import { boxWithin } from './corrections';
import css from './feedback.module.css';
import { TEXTS } from './messages';

const SIDES = ['x', 'y', 'width', 'height'] as const;

export interface BoxFieldsProps {
  readonly frame: { readonly width: number; readonly height: number };
  /** What the fields begin with. */
  readonly from: Box | undefined;
  /** What a press means. */
  readonly title: string;
  readonly onBox: (box: Box) => void;
}

/** A box by its numbers, for whoever does not draw. */
export function BoxFields({ frame, from, title, onBox }: BoxFieldsProps) {
  const t = useText(TEXTS);
  const [written, setWritten] = useState<Readonly<Record<(typeof SIDES)[number], string>>>({
    x: String(from?.x ?? 0),
    y: String(from?.y ?? 0),
    width: String(from?.width ?? ''),
    height: String(from?.height ?? ''),
  });
  const [isOutside, setIsOutside] = useState(false);
  const take = (): void => {
    const [x = NaN, y = NaN, width = NaN, height = NaN] = SIDES.map((side) => Number(written[side]));
    const box = boxWithin({ x, y, width, height }, frame);
    setIsOutside(box === undefined);
    if (box !== undefined) onBox(box);
  };
  return (
    <details className={css['boxes']}>
      <summary>{t('byNumbers')}</summary>
      <div className={css['row']}>
        {SIDES.map((side) => (
          <div key={side} className={css['number']}>
            <Field label={t(side)}>
              {(control) => (
                <input
                  {...control}
                  type="number"
                  inputMode="decimal"
                  min={0}
                  max={side === 'x' || side === 'width' ? frame.width : frame.height}
                  step="any"
                  value={written[side]}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter') return;
                    // It would send the form that this stands in.
                    event.preventDefault();
                    take();
                  }}
                  onChange={(event) => {
                    setWritten({ ...written, [side]: event.target.value });
                  }}
                />
              )}
            </Field>
          </div>
        ))}
        <Button onClick={take}>{title}</Button>
      </div>
      {isOutside ? (
        <Notice tone="warn">
          <p>{t('boxOutside')}</p>
        </Notice>
      ) : null}
    </details>
  );
}
