import { Link } from '@tanstack/react-router';
import { useText } from '../i18n';
import { Panel, Table, type Column } from '../ui';
import type { ModelRow } from './group-models';
import { TEXTS } from './messages';
import { useModelWords } from './model-words';
import css from './models.module.css';
import { Signature } from './signature';
import { StateBadge } from './state-badge';

/** The models for one modality. */
export function ModelsTable({ title, rows }: { readonly title: string; readonly rows: readonly ModelRow[] }) {
  const t = useText(TEXTS);
  const words = useModelWords();
  const columns: readonly Column<ModelRow>[] = [
    {
      key: 'model',
      title: t('model'),
      cell: ({ name, standing }) => (
        <div className={css['name']}>
          <Link to="/models/$name" params={{ name }}>
            {standing.title || name}
          </Link>
          <code>{name}</code>
        </div>
      ),
    },
    {
      key: 'tasks',
      title: t('tasks'),
      cell: ({ standing }) => (
        <div className={css['tasks']}>
          {[...new Set(standing.serves.map(({ task }) => task))].map(words.task).join(', ') || t('tensorsOnly')}
        </div>
      ),
    },
    {
      key: 'state',
      title: t('state'),
      cell: ({ standing: { state } }) => (
        <div className={css['state']}>
          <StateBadge state={state} />
          <small>{words.meaning(state)}</small>
        </div>
      ),
    },
    { key: 'default', title: t('default'), cell: ({ standing }) => words.version(standing.version) },
    {
      key: 'versions',
      title: t('versions'),
      cell: ({ versions }) => versions.map(({ version }) => version).join(', '),
    },
    { key: 'engine', title: t('engine'), cell: ({ standing }) => standing.engine },
    { key: 'signature', title: t('signature'), cell: ({ standing }) => <Signature of={standing} /> },
    { key: 'licence', title: t('licence'), cell: ({ standing }) => standing.licence },
  ];
  return (
    <Panel title={title} className={css['group']}>
      <Table caption={title} columns={columns} rows={rows} keyOf={({ name }) => name} />
    </Panel>
  );
}
