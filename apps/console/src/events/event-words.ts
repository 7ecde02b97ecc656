import { useText } from '../i18n';
import { EVENTS, isKnownEvent } from './event-messages';

/** The events of the ledger in words; one that this page does not know yet is shown by its name. */
export function useEventWords(): (event: string) => string {
  const t = useText(EVENTS);
  return (event) => (isKnownEvent(event) ? t(event) : event);
}
