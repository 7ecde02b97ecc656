import { useText } from '../i18n';
import { TEXTS } from './messages';
import type { ListedModel } from './model-types';

/** Who vouches for a version. */
export function Signature({ of }: { readonly of: Pick<ListedModel, 'signed' | 'signer' | 'approver'> }) {
  const t = useText(TEXTS);
  if (!of.signed) return t('notSigned');
  const signed = t('signedBy', { signer: of.signer ?? '' });
  return of.approver === undefined ? signed : `${signed}, ${t('approvedBy', { approver: of.approver })}`;
}
