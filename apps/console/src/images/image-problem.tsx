import { useText } from '../i18n';
import { Notice, ProblemNotice } from '../ui';
import { UnreadableAnswerError } from './inspect-images';
import { TEXTS } from './messages';
import { NiftiError } from './read-nifti';
import { FileGoneError } from './send-files';

/** Why what was dropped is not shown. */
export function ImageProblem({ error }: { readonly error: unknown }) {
  const t = useText(TEXTS);
  const own =
    error instanceof FileGoneError
      ? (['fileGone', 'fileGoneNext'] as const)
      : error instanceof NiftiError || error instanceof UnreadableAnswerError
        ? (['unshowable', 'unshowableNext'] as const)
        : undefined;
  if (own === undefined) return <ProblemNotice error={error} />;
  return (
    <Notice tone="bad">
      <p>
        <strong>{t(own[0])}</strong>
      </p>
      <p>{t(own[1])}</p>
    </Notice>
  );
}
