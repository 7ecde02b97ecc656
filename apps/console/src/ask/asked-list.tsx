import { Link } from '@tanstack/react-router';
import { useFormat, useText } from '../i18n';
import { Badge, Button, Panel, type Tone } from '../ui';
import css from './ask.module.css';
import { isOver, type AskState } from './ask-state';
import type { Desk } from './desk';
import type { Asked, DeskState } from './desk-state';
import { TEXTS } from './messages';
import { taskName } from './names';
import { modelOf, offerOf, wordsOf } from './wishes';
import { useNow } from './use-now';

const BADGES = {
  sending: ['stateSending', 'neutral'],
  running: ['stateRunning', 'neutral'],
  answered: ['stateAnswered', 'good'],
  failed: ['stateFailed', 'bad'],
  cancelled: ['stateCancelled', 'neutral'],
  lost: ['stateLost', 'bad'],
} as const satisfies Record<AskState['kind'], readonly [string, Tone]>;

/** What else was asked in this tab, newest first. */
export function AskedList({
  desk,
  state: { asked, shown, onDesk },
}: {
  readonly desk: Desk;
  readonly state: DeskState;
}) {
  const t = useText(TEXTS);
  const others = asked.filter(({ order }) => order.idempotencyKey !== shown || onDesk.kind !== 'shown');
  if (others.length === 0) return null;
  return (
    <Panel title={t('before')} className={css['before']}>
      <ul>
        {others.map((one) => (
          <Line key={one.order.idempotencyKey} asked={one} desk={desk} canShow={onDesk.kind === 'shown'} />
        ))}
      </ul>
      <p className={css['hint']}>{t('beforeHint')}</p>
    </Panel>
  );
}

function Line({ asked, desk, canShow }: { readonly asked: Asked; readonly desk: Desk; readonly canShow: boolean }) {
  const t = useText(TEXTS);
  const f = useFormat();
  const nowMs = useNow(10_000);
  const { description, wishes, state, atMs, order } = asked;
  const offer = offerOf(description, wishes);
  const model = offer && modelOf(offer, wishes);
  const words = wordsOf(description, wishes);
  const [word, tone] = BADGES[state.kind];
  const name =
    offer === undefined || model === undefined
      ? t('question')
      : t('yourAsk', { task: taskName(t, offer), model: `${model.name} ${model.version}` });
  return (
    <li>
      <Badge tone={tone}>
        {t(word, { percent: state.kind === 'running' ? f.percent(state.percent / 100, 0) : '' })}
      </Badge>
      {state.kind === 'answered' ? (
        <Link to="/answers/$id" params={{ id: state.id }}>
          {name}
        </Link>
      ) : (
        <span>{name}</span>
      )}
      <span className={css['quiet']}>{f.ago(atMs, nowMs)}</span>
      {canShow && (!isOver(state) || state.kind === 'failed' || state.kind === 'lost') ? (
        <Button
          look="quiet"
          onClick={() => {
            desk.show(order.idempotencyKey);
          }}
        >
          {t('show')}
        </Button>
      ) : null}
      {words === '' ? null : <span className={css['quotedShort']}>{words}</span>}
    </li>
  );
}
