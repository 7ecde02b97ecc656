import type { Regions } from '@medserve/clinical';
import { useFormat, useLanguage, useText } from '../i18n';
import type { Column } from '../ui';
import css from './answer.module.css';
import type { Finding } from '../findings/findings';
import { FindingsTable } from './findings-table';
import { LongText } from './long-text';
import { TEXTS } from './messages';
import type { Pointing } from './pointing';

export interface RegionsViewProps extends Pointing {
  readonly part: Regions;
  /** Those of the part. */
  readonly findings: readonly Finding[];
}

/** What lies where on an image. */
export function RegionsView({ part, findings, ...pointing }: RegionsViewProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const place: Column<Finding> = {
    key: 'place',
    title: t('place'),
    cell: ({ box, polygon, masks }) => {
      if (box !== undefined) {
        const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((value) => format.number(value, 1));
        return t('placeBox', { x, y, width, height });
      }
      if (masks.length > 0) return t('placeMask');
      return polygon === undefined ? t('placeNone') : t('placePolygon', { count: polygon.length });
    },
  };
  return (
    <>
      <h3>{t('regions', { count: findings.length })}</h3>
      {findings.length === 0 ? (
        <p>{t('noRegions')}</p>
      ) : (
        <>
          <FindingsTable
            caption={t('regions', { count: findings.length })}
            findings={findings}
            columns={[place]}
            {...pointing}
          />
          <p className={css['small']}>{t('inPixels')}</p>
        </>
      )}
      {part.rationale === undefined ? null : <Rationale text={part.rationale} />}
    </>
  );
}

/** A model's own reasons, with what is to be thought of them. */
export function Rationale({ text }: { readonly text: string }) {
  const t = useText(TEXTS);
  const { language } = useLanguage();
  return (
    <details className={css['more']}>
      <summary lang={language} dir="ltr">
        {t('rationale')}
      </summary>
      <p className={css['small']} lang={language} dir="ltr">
        {t('rationaleHint')}
      </p>
      <LongText text={text} />
    </details>
  );
}
