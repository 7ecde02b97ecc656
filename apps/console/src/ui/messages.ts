import { defineMessages } from '../i18n';

export const UI = defineMessages({
  en: {
    loading: 'Loading …',
    unreachable: 'The platform cannot be reached.',
    unreachableNext: 'It may be starting again. This page goes on by itself as soon as it answers.',
    failed: 'This did not work.',
    requestId: 'Request {id}',
    pageFailed: 'This page ran into a mistake of its own.',
    pageFailedNext:
      'Nothing that you sent is lost. Load the page anew; if it happens again, tell those who run the platform.',
    partAway: 'A part of this page could not be fetched.',
    partAwayNext:
      'The rest of the page stays as it is. Load it anew when you are done with it: images and texts on it go.',
    loadAnew: 'Load the page anew',
    again: 'Try again',
    copy: 'Copy',
    copied: 'Copied',
    copyWhat: 'Copy {what}',
  },
  es: {
    loading: 'Cargando …',
    unreachable: 'No se puede contactar con la plataforma.',
    unreachableNext: 'Puede que se esté reiniciando. Esta página continúa por sí sola en cuanto responda.',
    failed: 'No ha funcionado.',
    requestId: 'Solicitud {id}',
    pageFailed: 'Esta página ha cometido un error propio.',
    pageFailedNext:
      'No se ha perdido nada de lo enviado. Vuelva a cargar la página; si se repite, avise a quienes mantienen la plataforma.',
    partAway: 'No se ha podido obtener una parte de esta página.',
    partAwayNext:
      'El resto de la página se queda como está. Vuelva a cargarla cuando haya terminado con ella: las imágenes y los textos se pierden.',
    loadAnew: 'Volver a cargar la página',
    again: 'Intentar de nuevo',
    copy: 'Copiar',
    copied: 'Copiado',
    copyWhat: 'Copiar {what}',
  },
});
