import type { Segmentation } from '@medserve/clinical';
import { useFormat, useText } from '../i18n';
import { Badge, type Column } from '../ui';
import type { Finding } from '../findings/findings';
import { FindingsTable } from './findings-table';
import { Measured } from './measurements-view';
import { TEXTS } from './messages';
import type { Pointing } from './pointing';

export interface SegmentationViewProps extends Pointing {
  readonly part: Segmentation;
  /** Those of the part. */
  readonly findings: readonly Finding[];
}

/** What was outlined throughout a volume. */
export function SegmentationView({ part, findings, ...pointing }: SegmentationViewProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const caption = t('segments', { count: findings.length });
  const slices: Column<Finding> = {
    key: 'slices',
    title: t('slices'),
    isNumeric: true,
    cell: ({ masks }) =>
      masks.length === 0 ? <Badge tone="warn">{t('notOutlined')}</Badge> : format.number(masks.length),
  };
  const measured: Column<Finding> = {
    key: 'measured',
    title: t('measured'),
    isNumeric: true,
    cell: ({ index }) =>
      part.segments[index]?.measurements?.map((measurement, place) => (
        <div key={place}>
          {measurement.display} <Measured {...measurement} />
        </div>
      )),
  };
  const hasMeasurements = part.segments.some(({ measurements }) => (measurements ?? []).length > 0);
  return (
    <>
      <h3>{caption}</h3>
      <FindingsTable
        caption={caption}
        findings={findings}
        columns={[...(hasMeasurements ? [measured] : []), slices]}
        {...pointing}
      />
    </>
  );
}
