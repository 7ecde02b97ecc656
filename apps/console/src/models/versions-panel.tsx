import { useFormat, useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Badge, Button, Panel, Table, type Column } from '../ui';
import { TEXTS } from './messages';
import type { ModelChange } from './model-change';
import type { ModelDetails, ModelVersion } from './model-types';
import { useModelWords } from './model-words';
import css from './models.module.css';
import { Signature } from './signature';
import { StateBadge } from './state-badge';

export interface VersionsPanelProps {
  readonly model: ModelDetails;
  readonly onChoose: (change: ModelChange) => void;
}

/** Of `sha256:` and 64 digits, as many as tell versions apart at a glance. */
const SHORT_DIGEST = 12;

/** All versions of a model, and for who may: loading, unloading, and which of them answers to its name. */
export function VersionsPanel({ model, onChoose }: VersionsPanelProps) {
  const t = useText(TEXTS);
  const format = useFormat();
  const words = useModelWords();
  const { may } = useMe();
  const { name, versions, default: shown } = model;
  const choose = (version: string | null) => () => {
    onChoose({ kind: 'choose', model: name, version, expected: shown.revision });
  };
  const mayManage = may('model:manage');
  const columns: readonly Column<ModelVersion>[] = [
    {
      key: 'version',
      title: t('version'),
      cell: ({ version, isDefault, source }) => (
        <div className={css['state']}>
          <strong>{version}</strong>
          {isDefault ? <Badge tone="good">{t('isDefault')}</Badge> : null}
          {source === 'repository' ? null : <small>{t('fromLocalCopy')}</small>}
        </div>
      ),
    },
    {
      key: 'state',
      title: t('state'),
      cell: ({ state, reason }) => (
        <div className={css['state']}>
          <StateBadge state={state} />
          {state === 'broken' && reason !== undefined ? (
            <small lang="en">{reason}</small>
          ) : (
            <small>{words.meaning(state)}</small>
          )}
        </div>
      ),
    },
    {
      key: 'memory',
      title: t('memory'),
      isNumeric: true,
      cell: ({ memoryBytes }) => (memoryBytes === null ? t('notKnown') : format.bytes(memoryBytes)),
    },
    {
      key: 'load',
      title: t('loadTime'),
      isNumeric: true,
      cell: ({ expectedLoadMs }) => (expectedLoadMs === null ? t('notKnown') : format.duration(expectedLoadMs)),
    },
    { key: 'signature', title: t('signature'), cell: (version) => <Signature of={version} /> },
    {
      key: 'digest',
      title: t('digest'),
      cell: ({ digest }) => <code title={digest}>{digest.replace('sha256:', '').slice(0, SHORT_DIGEST)}</code>,
    },
    ...(mayManage
      ? [
          {
            key: 'actions',
            title: t('actions'),
            cell: ({ version, state }: ModelVersion) => (
              <Button
                aria-label={t('makeDefaultOf', { version })}
                disabled={version === shown.version || state === 'broken' || state === 'unloaded'}
                onClick={choose(version)}
              >
                {t('makeDefault')}
              </Button>
            ),
          },
        ]
      : []),
  ];
  const change = (kind: 'load' | 'unload') => () => {
    onChoose({ kind, model: name });
  };
  return (
    <Panel
      title={t('versions')}
      actions={
        mayManage ? (
          <span className={css['actions']}>
            {shown.canGoBack ? (
              <Button
                onClick={() => {
                  onChoose({ kind: 'back', model: name, expected: shown.revision });
                }}
              >
                {t('back', { version: words.version(shown.previous) })}
              </Button>
            ) : null}
            {shown.version === null || (shown.canGoBack && shown.previous === null) ? null : (
              <Button onClick={choose(null)}>{t('followNewest')}</Button>
            )}
            <Button onClick={change('load')}>{t('load')}</Button>
            <Button
              look="danger"
              disabled={versions.every(({ state }) => state === 'unloaded')}
              onClick={change('unload')}
            >
              {t('unload')}
            </Button>
          </span>
        ) : undefined
      }
    >
      <Table
        caption={t('versionsCaption', { name })}
        columns={columns}
        rows={versions}
        keyOf={({ version }) => version}
      />
    </Panel>
  );
}
