import { ApiError } from '../api';
import { useText } from '../i18n';
import { Notice, ProblemNotice } from '../ui';
import { UnreadableAnswerError } from './inspect-images';
import { TEXTS } from './messages';
import { NiftiError } from './read-nifti';
import { PartsError } from './related-parts';
import { ABOUT_FILES, FileGoneError } from './send-files';

/** Whether the same files would be refused again, however often they are sent. */
export const isAboutFiles = (error: unknown): boolean =>
  error instanceof FileGoneError || (error instanceof ApiError && ABOUT_FILES.includes(error.problem.status));

/** Why what was dropped is not shown. */
export function ImageProblem({ error }: { readonly error: unknown }) {
  const t = useText(TEXTS);
  const own =
    error instanceof FileGoneError
      ? (['fileGone', 'fileGoneNext'] as const)
      : error instanceof NiftiError || error instanceof UnreadableAnswerError || error instanceof PartsError
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
