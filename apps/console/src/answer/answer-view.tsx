import type { AnswerDocument } from '@medserve/clinical';
import { CatchBoundary } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { FeedbackPanel } from '../feedback/feedback-panel';
import { useCorrections, type Corrections } from '../feedback/use-corrections';
import { useText } from '../i18n';
import { FailedPart } from '../shell/failed-part';
import { Loading, Panel } from '../ui';
import css from './answer.module.css';
import { Downloads } from './downloads';
import { EvidencePanel } from './evidence-panel';
import { findingsOf, partsOf } from '../findings/findings';
import { TEXTS } from './messages';
import { PartView } from './part-view';
import { ProvenancePanel } from './provenance-panel';
import { TimingsPanel } from './timings-panel';
import { VerdictPanel } from './verdict-panel';

const ProofPanel = lazy(async () => ({ default: (await import('../proof/proof-panel')).ProofPanel }));

export interface AnswerViewProps {
  readonly document: AnswerDocument;
  /** The finding that is pointed at, here or in the picture beside it: its id is that of its marks (`overlaysOf`). */
  readonly selected?: string | undefined;
  readonly onSelect?: ((id: string | undefined) => void) | undefined;
  /** Where whoever shows the picture lets boxes be drawn on it (`useCorrections`); absent: they are given in numbers. */
  readonly corrections?: Corrections | undefined;
}

/** An answer, whatever its kind: what was found, how sure, on what grounds and by whom. The picture stands beside it, not in it. */
export function AnswerView({ document, selected, onSelect, corrections }: AnswerViewProps) {
  const t = useText(TEXTS);
  const [ownSelected, selectOwn] = useState<string>();
  const ownCorrections = useCorrections(document);
  const findings = useMemo(() => findingsOf(document), [document]);
  const pointing = onSelect === undefined ? { selected: ownSelected, onSelect: selectOwn } : { selected, onSelect };
  const { id, evidence, provenance } = document;
  return (
    <div className={css['view']}>
      <div className={css['columns']}>
        <div className={css['stack']}>
          <VerdictPanel document={document} />
          <Panel title={t('found')}>
            {partsOf(document).map(({ target, part }) => (
              <div key={target} className={css['part']}>
                <PartView target={target} part={part} findings={findings} {...pointing} />
              </div>
            ))}
          </Panel>
          <FeedbackPanel document={document} corrections={corrections ?? ownCorrections} selected={pointing.selected} />
          <EvidencePanel evidence={evidence} />
        </div>
        <div className={css['stack']}>
          <ProvenancePanel document={document} />
          <TimingsPanel timings={provenance.timings} />
          <Apart>
            <ProofPanel requestId={id} />
          </Apart>
          <Downloads id={id} />
        </div>
      </div>
    </div>
  );
}

/** A part of the page that comes later than the rest, and whose failure is not the rest's. */
function Apart({ children }: { readonly children: React.ReactNode }) {
  return (
    <CatchBoundary getResetKey={() => 'apart'} errorComponent={FailedPart}>
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </CatchBoundary>
  );
}
