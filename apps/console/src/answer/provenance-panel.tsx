import type { AnswerDocument } from '@medserve/clinical';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { callJson } from '../api';
import { useFormat, useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Panel, Table } from '../ui';
import css from './answer.module.css';
import { TEXTS } from './messages';
import { momentOfId } from './moment-of-id';
import { Pager } from './pager';
import { ShortHash } from './short-hash';
import { usePages } from './use-pages';

const INPUTS = 20;

/** Of an answer to images, to a conversation, or to tensors: what each of them says of where it comes from. */
export type Origin = Pick<AnswerDocument, 'id' | 'task'> & {
  readonly modality?: AnswerDocument['modality'];
  readonly provenance: Omit<AnswerDocument['provenance'], 'inputs'> & { readonly inputs: readonly Input[] };
};

interface Input {
  readonly sha256: string;
  readonly kind: string;
  readonly bytes?: number;
}

/** Who answered, of what, and where that is on record. */
export function ProvenancePanel({ document }: { readonly document: Origin }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const { id, task, modality, provenance } = document;
  const { model, engine, record } = provenance;
  const answeredAt = momentOfId(record.completed);
  return (
    <Panel title={t('provenance')}>
      <dl className={css['facts']}>
        <Entry name={t('model')}>
          <Link to="/models/$name" params={{ name: model.name }}>
            {model.name}
          </Link>{' '}
          {t('version', { version: model.version })}
        </Entry>
        <Entry name={t('digest')}>
          <ShortHash value={model.digest} what={t('digest')} />
        </Entry>
        <Signature name={model.name} digest={model.digest} />
        <Entry name={t('engine')}>{engine}</Entry>
        <Entry name={t('task')}>{task}</Entry>
        {modality === undefined ? null : (
          <Entry name={t('modality')}>
            <ModalityWords modality={modality} />
          </Entry>
        )}
        {answeredAt === undefined ? null : <Entry name={t('answeredAt')}>{format.time(answeredAt)}</Entry>}
        <Entry name={t('request')}>
          <ShortHash value={id} what={t('request')} />
        </Entry>
        <Entry name={t('recordAccepted')}>
          <ShortHash value={record.accepted} what={t('recordAccepted')} />
        </Entry>
        <Entry name={t('recordCompleted')}>
          <ShortHash value={record.completed} what={t('recordCompleted')} />
        </Entry>
      </dl>
      <Inputs inputs={provenance.inputs} />
    </Panel>
  );
}

function Entry({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function ModalityWords({ modality }: { readonly modality: AnswerDocument['modality'] }) {
  const t = useText(TEXTS);
  const { declared, detected, served, source } = modality;
  if (declared !== null && detected !== null && declared !== detected)
    return t('modalityDiffers', { declared, detected });
  return detected === null
    ? t('modalityDeclared', { modality: served })
    : t('modalityDetected', { modality: served, source });
}

interface ListedModel {
  readonly digest: string;
  readonly signed?: boolean;
  readonly signer?: string;
}

/** Who signed the package that answered, where the platform still has it. */
function Signature({ name, digest }: { readonly name: string; readonly digest: string }) {
  const t = useText(TEXTS);
  const { may } = useMe();
  const { data } = useQuery({
    queryKey: ['models', 'listed'],
    queryFn: ({ signal }) => callJson<{ readonly data: readonly ListedModel[] }>('/v1/models', { signal }),
    enabled: may('model:read'),
    staleTime: 60_000,
  });
  if (data === undefined) return null;
  const model = data.data.find((listed) => listed.digest === digest);
  const words = (): string => {
    if (model === undefined) return t('signatureOther', { name });
    if (model.signed !== true) return t('notSigned');
    return model.signer === undefined ? t('signed') : t('signedBy', { signer: model.signer });
  };
  return <Entry name={t('signature')}>{words()}</Entry>;
}

function Inputs({ inputs }: { readonly inputs: readonly Input[] }) {
  const t = useText(TEXTS);
  const format = useFormat();
  const pages = usePages(inputs, INPUTS);
  const bytes = inputs.reduce<number | undefined>(
    (sum, input) => (sum === undefined || input.bytes === undefined ? undefined : sum + input.bytes),
    0,
  );
  const count = inputs.length;
  return (
    <details className={css['more']}>
      <summary>
        {bytes === undefined ? t('inputsOnly', { count }) : t('inputs', { count, bytes: format.bytes(bytes) })}
      </summary>
      <Pager pages={pages} all={count} />
      <Table
        caption={t('inputsOnly', { count })}
        rows={pages.rows.map((input, place) => ({ ...input, number: pages.first + place + 1 }))}
        keyOf={({ number }) => String(number)}
        columns={[
          { key: 'number', title: t('number'), isNumeric: true, cell: ({ number }) => format.number(number) },
          { key: 'kind', title: t('kind'), cell: ({ kind }) => kind },
          {
            key: 'bytes',
            title: t('bytes'),
            isNumeric: true,
            cell: (input) => (input.bytes === undefined ? '–' : format.bytes(input.bytes)),
          },
          { key: 'hash', title: t('hash'), cell: ({ sha256 }) => <ShortHash value={sha256} what={t('hash')} /> },
        ]}
      />
    </details>
  );
}
