import { defineMessages } from '../i18n';

export const TEXTS = defineMessages({
  en: {
    title: 'The same from elsewhere',
    intro:
      'Paste it where the files are. The key stays with you: put an API key that may ask (scope infer) into the variable MEDSERVE_KEY.',
    ways: 'Ways to ask the same',
    recipe: 'the {way} recipe',
    grpcPort: 'gRPC has a port of its own: say HOST:PORT in MEDSERVE_GRPC where it is not the usual one.',
    module: 'Save it as ask.mjs, then: node ask.mjs',
    script: 'Save it as ask.py, then: python3 ask.py',
    folder: 'npx finds MedServe in its own folder: run it there, with the paths of the files.',
    shell: 'For bash and zsh.',
  },
  es: {
    title: 'Lo mismo desde otro lugar',
    intro:
      'Péguelo donde estén los archivos. La clave se queda con usted: ponga una clave de API que permita consultar (permiso infer) en la variable MEDSERVE_KEY.',
    ways: 'Formas de consultar lo mismo',
    recipe: 'la receta para {way}',
    grpcPort: 'gRPC usa otro puerto: indique HOST:PUERTO en MEDSERVE_GRPC si no es el habitual.',
    module: 'Guárdelo como ask.mjs y ejecute: node ask.mjs',
    script: 'Guárdelo como ask.py y ejecute: python3 ask.py',
    folder: 'npx encuentra MedServe en su propia carpeta: ejecútelo allí, con las rutas de los archivos.',
    shell: 'Para bash y zsh.',
  },
});
