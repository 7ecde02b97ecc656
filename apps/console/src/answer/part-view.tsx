import type { AnswerPart } from '@medserve/clinical';
import { useText } from '../i18n';
import { ClassificationView } from './classification-view';
import { EmbeddingView } from './embedding-view';
import { FactList } from './fact-list';
import { factsOf } from './facts';
import type { Finding, Target } from '../findings/findings';
import { MeasurementsView } from './measurements-view';
import { TEXTS } from './messages';
import type { Pointing } from './pointing';
import { RegionsView } from './regions-view';
import { ReportView } from './report-view';
import { SegmentationView } from './segmentation-view';
import { TextView } from './text-view';

export interface PartViewProps extends Pointing {
  readonly target: Target;
  readonly part: AnswerPart;
  /** All of the answer. */
  readonly findings: readonly Finding[];
}

/** A part of an answer, in the form of its kind. */
export function PartView({ target, part, findings, ...pointing }: PartViewProps) {
  const own = findings.filter((finding) => finding.target === target);
  switch (part.kind) {
    case 'classification':
      return <ClassificationView part={part} />;
    case 'regions':
      return <RegionsView part={part} findings={own} {...pointing} />;
    case 'measurements':
      return <MeasurementsView measurements={part.measurements} />;
    case 'text':
      return <TextView part={part} />;
    case 'report':
      return <ReportView part={part} findings={findings} {...pointing} />;
    case 'segmentation':
      return <SegmentationView part={part} findings={own} {...pointing} />;
    case 'embedding':
      return <EmbeddingView part={part} />;
  }
  return <UnknownPart part={part} />;
}

/** Of a platform that is newer than this page. */
function UnknownPart({ part }: { readonly part: { readonly kind?: unknown } }) {
  const t = useText(TEXTS);
  return (
    <>
      <p>{t('unknownKind', { kind: String(part.kind) })}</p>
      <FactList {...factsOf({ ...part })} />
    </>
  );
}
