import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Loading } from '../ui';
import css from './audit.module.css';
import { ExportPanel } from './export-panel';
import { FoundPanel } from './found-panel';
import { TEXTS } from './messages';
import { RangePanel } from './range-panel';
import { NOBODY, parseAuditSearch } from './search';
import { SearchForm } from './search-form';

/** The log of the tenant: looked through, verified and taken along. */
export function AuditPage() {
  const t = useText(TEXTS);
  const { me, may } = useMe();
  return (
    <>
      <h1>{t('title')}</h1>
      {me === undefined ? <Loading /> : null}
      {me ? <Audit mayExport={may('audit:export')} /> : null}
    </>
  );
}

function Audit({ mayExport }: { readonly mayExport: boolean }) {
  const t = useText(TEXTS);
  const address: Readonly<Record<string, unknown>> = useSearch({ from: '/audit' });
  const search = parseAuditSearch(address);
  const navigate = useNavigate({ from: '/audit' });
  const [patient, setPatient] = useState(NOBODY);
  const [round, setRound] = useState(0);
  // The router leaves in the address what it does not know: here that could be anything, so it goes.
  const isForeign = Object.keys(address).some((name) => !Object.hasOwn(search, name));
  useEffect(() => {
    if (isForeign) void navigate({ search: parseAuditSearch(address), replace: true });
  }, [isForeign, address, navigate]);
  useEffect(() => {
    // A page that the browser keeps for the way back keeps its memory, too.
    const forget = (): void => {
      setPatient(NOBODY);
      setRound((now) => now + 1);
    };
    addEventListener('pagehide', forget);
    return () => {
      removeEventListener('pagehide', forget);
    };
  }, []);
  const wanted = { search, patient, round };
  const name = `${String(round)} ${JSON.stringify(search)}`;
  return (
    <div className={css['page']}>
      <p className={css['intro']}>{t('intro')}</p>
      <SearchForm
        key={`form ${name}`}
        search={search}
        patient={patient}
        onSearch={(next, about) => {
          setPatient(about);
          setRound(round + 1);
          void navigate({ search: next });
        }}
      />
      <FoundPanel wanted={wanted} />
      <div className={css['tools']}>
        {mayExport ? <RangePanel /> : null}
        <ExportPanel key={`export ${name}`} wanted={wanted} />
      </div>
    </div>
  );
}
