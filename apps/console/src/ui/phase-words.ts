import { defineMessages, useText } from '../i18n';

const TEXTS = defineMessages({
  en: {
    accepted: 'Accepted and on record',
    queued: 'Waiting for its turn',
    loading: 'The model is being loaded',
    preprocessing: 'The image is being prepared',
    running: 'The model is running',
    reading: 'Its answer is being read',
    ended: 'The answer is being fetched',
    other: 'At work',
  },
  es: {
    accepted: 'Aceptada y registrada',
    queued: 'Esperando su turno',
    loading: 'Se está cargando el modelo',
    preprocessing: 'Se está preparando la imagen',
    running: 'El modelo está trabajando',
    reading: 'Se está leyendo su respuesta',
    ended: 'Se está recogiendo la respuesta',
    other: 'En curso',
  },
});

const PHASES = ['accepted', 'queued', 'loading', 'preprocessing', 'running', 'reading', 'ended'] as const;

/** What is done with a request now, as a sentence. A later version of the platform may tell of phases that are not known here. */
export function usePhaseWords(): (phase: string) => string {
  const t = useText(TEXTS);
  return (phase) => t(PHASES.find((known) => known === phase) ?? 'other');
}
