import { useState } from 'react';
import { call } from '../api';
import { useText } from '../i18n';
import { Button, ProblemNotice } from '../ui';
import uiCss from '../ui/ui.module.css';
import { TEXTS } from './messages';

const FORMS = [
  { name: 'downloadJson', accept: 'application/json', ending: 'json' },
  { name: 'downloadFhir', accept: 'application/fhir+json', ending: 'fhir.json' },
] as const;

type Form = (typeof FORMS)[number];

export interface DownloadsProps {
  readonly id: string;
  /** By their endings; absent: all. What is no answer to images is not told in FHIR. */
  readonly forms?: readonly Form['ending'][];
}

/** The bytes as they are on record, and the same as FHIR. */
export function Downloads({ id, forms }: DownloadsProps) {
  const t = useText(TEXTS);
  const [state, setState] = useState<{ readonly form?: Form; readonly error?: unknown }>({});
  const fetchAs = async (form: Form): Promise<void> => {
    setState({ form });
    try {
      const headers = { accept: form.accept };
      const response = await call(`/v1/results/${encodeURIComponent(id)}`, { headers });
      save(await response.blob(), `answer-${id}.${form.ending}`);
      setState({});
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <div>
      <div className={uiCss['actions']} role="group" aria-label={t('download')}>
        {FORMS.filter(({ ending }) => forms?.includes(ending) ?? true).map((form) => (
          <Button key={form.name} isOff={state.form !== undefined} onClick={() => void fetchAs(form)}>
            {t(state.form === form ? 'downloading' : form.name)}
          </Button>
        ))}
      </div>
      {state.error === undefined ? null : <ProblemNotice error={state.error} />}
    </div>
  );
}

/** Has the browser save it as a file. */
function save(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
