import { lazy, Suspense } from 'react';
import { ApiError, type Problem } from '../api';
import { SendAgain } from '../ask/send-again';
import { useText } from '../i18n';
import { Loading, ProblemNotice } from '../ui';
import { TEXTS } from '../answer/messages';

const ProofPanel = lazy(async () => ({ default: (await import('../proof/proof-panel')).ProofPanel }));

/** A request that ended without an answer: why, and that this is on record. */
export function FailedRequest({ id, problem }: { readonly id: string; readonly problem: Problem }) {
  const t = useText(TEXTS);
  return (
    <>
      <p>
        <strong>{t(problem.code === 'cancelled' ? 'cancelled' : 'failed')}</strong>
      </p>
      <ProblemNotice error={new ApiError(problem)} />
      <p>
        <SendAgain id={id} />
      </p>
      <Suspense fallback={<Loading />}>
        <ProofPanel requestId={id} />
      </Suspense>
    </>
  );
}
