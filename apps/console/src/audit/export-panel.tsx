import { useEffect, useRef, useState } from 'react';
import { callJson } from '../api';
import { useText } from '../i18n';
import { Button, Field, Notice, Panel, ProblemNotice } from '../ui';
import css from './audit.module.css';
import type { AuditPage } from './entry';
import {
  collectPages,
  EXPORT_PAGE,
  FILES,
  FORMATS,
  MOST_EXPORTED,
  writtenEntries,
  writtenFhir,
  type Exported,
  type ExportFormat,
  type SearchSet,
  type WrittenPage,
} from './export-entries';
import { TEXTS } from './messages';
import { saveFile } from './save-file';
import { bodyOf } from './search';
import type { Wanted } from './use-found';

/** Asks for one page of a search, written as the file will have it. */
async function readPage(
  { search, patient }: Wanted,
  format: ExportFormat,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<WrittenPage> {
  const asked = { method: 'POST', json: bodyOf(search, patient, EXPORT_PAGE, cursor), signal } as const;
  if (format !== 'fhir') return writtenEntries(await callJson<AuditPage>('/v1/audit/search', asked), format);
  const headers = { accept: 'application/fhir+json' };
  return writtenFhir(await callJson<SearchSet>('/v1/audit/search', { ...asked, headers }));
}

/** Makes a file of everything that a search finds. */
export function ExportPanel({ wanted }: { readonly wanted: Wanted }) {
  const t = useText(TEXTS);
  const [format, setFormat] = useState<ExportFormat>('ndjson');
  const [count, setCount] = useState<number>();
  const [done, setDone] = useState<Exported>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  useEffect(
    () => () => {
      running.current?.abort();
    },
    [],
  );
  const start = async (): Promise<void> => {
    const control = new AbortController();
    running.current = control;
    setDone(undefined);
    setError(undefined);
    setCount(0);
    try {
      const exported = await collectPages((cursor) => readPage(wanted, format, cursor, control.signal), setCount);
      const { type, ending, head } = FILES[format];
      saveFile(`medserve-audit-${new Date().toISOString().replaceAll(':', '-')}.${ending}`, type, [
        head,
        ...exported.parts,
      ]);
      setDone(exported);
    } catch (failure) {
      if (!control.signal.aborted) setError(failure);
    }
    setCount(undefined);
  };
  const isRunning = count !== undefined;
  return (
    <Panel title={t('exportTitle')}>
      <p>{t('exportNote', { most: MOST_EXPORTED })}</p>
      <div className={css['form']}>
        <Field label={t('format')}>
          {(control) => (
            <select
              {...control}
              value={format}
              disabled={isRunning}
              onChange={({ target }) => {
                setFormat(target.value as ExportFormat);
              }}
            >
              {FORMATS.map((name) => (
                <option key={name} value={name}>
                  {t(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className={css['buttons']}>
          <Button isOff={isRunning} onClick={() => void start()}>
            {t('export')}
          </Button>
          {isRunning ? <Button onClick={() => running.current?.abort()}>{t('cancel')}</Button> : null}
        </div>
        <p role="status" className={css['note']}>
          {isRunning ? t('exporting', { count }) : null}
          {done === undefined || done.isCut ? null : t('exported', { count: done.count })}
        </p>
        {done?.isCut === true ? <Notice tone="warn">{t('exportCut', { count: done.count })}</Notice> : null}
        {error === undefined ? null : <ProblemNotice error={error} />}
      </div>
    </Panel>
  );
}
