import { useText } from '../i18n';
import { Notice, Panel, Table } from '../ui';
import css from '../answer/answer.module.css';
import { Downloads } from '../answer/downloads';
import { LongText } from '../answer/long-text';
import { TEXTS } from '../answer/messages';
import { ProvenancePanel } from '../answer/provenance-panel';
import type { Result, TensorDocument } from './read-result';
import { ShortHash } from '../answer/short-hash';
import { TimingsPanel } from '../answer/timings-panel';

export interface OtherResultProps {
  readonly id: string;
  readonly result: Exclude<Result, { readonly kind: 'answer' }>;
}

/** What other doors gave: tensors, the words of a chat, or what this page does not know. */
export function OtherResult({ id, result }: OtherResultProps) {
  const t = useText(TEXTS);
  if (result.kind === 'tensors') return <Tensors document={result.document} />;
  return (
    <>
      {result.kind === 'written' && result.isPartial ? (
        <Notice tone="warn">
          <p>{t('partial')}</p>
        </Notice>
      ) : null}
      {result.kind === 'written'
        ? result.texts.map((text, place) => (
            <Panel key={place} title={t('streamed')}>
              {text === '' ? <p>{t('emptyText')}</p> : <LongText text={text} />}
            </Panel>
          ))
        : null}
      <details className={css['more']} open={result.kind === 'other'}>
        <summary>{t('raw')}</summary>
        {result.kind === 'other' ? <p className={css['small']}>{t('rawHint')}</p> : null}
        <LongText text={result.raw} />
      </details>
      <Downloads id={id} forms={['json']} />
    </>
  );
}

const SHOWN = 200;

function Tensors({ document }: { readonly document: TensorDocument }) {
  const t = useText(TEXTS);
  const { tensors, provenance } = document;
  return (
    <>
      <Panel title={t('tensors', { count: tensors.length })}>
        <p className={css['small']}>{t('tensorsHint')}</p>
        <Table
          caption={t('tensors', { count: tensors.length })}
          rows={tensors.slice(0, SHOWN)}
          keyOf={({ name }) => name}
          columns={[
            { key: 'name', title: t('name'), cell: ({ name }) => <span className={css['name']}>{name}</span> },
            { key: 'datatype', title: t('datatype'), cell: ({ datatype }) => datatype },
            { key: 'shape', title: t('shape'), cell: ({ shape }) => shape.join(' × ') },
            { key: 'hash', title: t('hash'), cell: ({ sha256 }) => <ShortHash value={sha256} what={t('hash')} /> },
          ]}
        />
      </Panel>
      <ProvenancePanel document={document} />
      <TimingsPanel timings={provenance.timings} />
    </>
  );
}
