import { Link, useNavigate } from '@tanstack/react-router';
import { useText } from '../i18n';
import { useMe } from '../sign-in/me';
import { Button } from '../ui';
import { askedAs } from './desk-state';
import { TEXTS } from './messages';
import { useDesk } from './use-desk';

export interface SendAgainProps {
  /** Of a request that ended without an answer. */
  readonly id: string;
}

/**
 * Asks the same once more, where it was asked in this tab: the platform keeps no files of a request. Where it was not, it leads to where
 * they are chosen anew.
 */
export function SendAgain({ id }: SendAgainProps) {
  const { me, may } = useMe();
  return me && may('infer') ? <AtTheDesk id={id} owner={me.id} /> : null;
}

function AtTheDesk({ id, owner }: SendAgainProps & { readonly owner: string }) {
  const t = useText(TEXTS);
  const navigate = useNavigate();
  const { desk, state } = useDesk(owner);
  const asked = askedAs(state, id);
  if (asked === undefined) return <Link to="/">{t('chooseAgain')}</Link>;
  return (
    <Button
      onClick={() => {
        desk.askAgain(asked);
        void navigate({ to: '/' });
      }}
    >
      {t('sendAgain')}
    </Button>
  );
}
