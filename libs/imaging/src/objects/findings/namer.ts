import { uidFrom } from '../../dicom/write/write-part10';
import type { Finding } from './finding';
import type { ReadRun } from './run';

/** Names a finding: the same kind, route and label have the same names in every generation. */
export type Namer = (key: string, title: string) => Pick<Finding, 'trackingId' | 'trackingUid' | 'title'>;

export function namerOf({ run, images }: ReadRun): Namer {
  const study = images[0]?.studyUid ?? '';
  const counts = new Map<string, number>();
  return (key, title) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return {
      title,
      trackingId: `${run.name}: ${title}${count === 1 ? '' : ` ${String(count)}`}`,
      trackingUid: uidFrom('tracking', study, run.name, key, String(count)),
    };
  };
}
