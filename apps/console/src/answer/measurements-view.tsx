import type { Measurement } from '@medserve/clinical';
import { useFormat, useText } from '../i18n';
import { Table } from '../ui';
import css from './answer.module.css';
import { TEXTS } from './messages';
import { Pager } from './pager';
import { decimalsOf, printedUnit } from './units';
import { usePages } from './use-pages';

const PAGE = 50;

/** A measured value with its unit. */
export function Measured({ value, unit }: Pick<Measurement, 'value' | 'unit'>) {
  const format = useFormat();
  const printed = printedUnit(unit);
  return (
    <span className={css['measure']}>
      {format.number(value, decimalsOf(value))}
      {printed === '' ? null : <span className={css['unit']}> {printed}</span>}
    </span>
  );
}

/** What was measured, with units. */
export function MeasurementsView({ measurements }: { readonly measurements: readonly Measurement[] }) {
  const t = useText(TEXTS);
  const pages = usePages(measurements, PAGE);
  if (measurements.length === 0) return <p>{t('noMeasurements')}</p>;
  return (
    <>
      <Pager pages={pages} all={measurements.length} />
      <Table
        caption={t('measurements')}
        rows={pages.rows.map((measurement, place) => ({ ...measurement, place: pages.first + place }))}
        keyOf={({ place }) => String(place)}
        columns={[
          {
            key: 'measured',
            title: t('measured'),
            cell: ({ display, code }) => (
              <>
                <span className={css['name']}>{display}</span> <span className={css['code']}>{code}</span>
              </>
            ),
          },
          { key: 'value', title: t('value'), isNumeric: true, cell: (measurement) => <Measured {...measurement} /> },
        ]}
      />
    </>
  );
}
