import { defineConfig, loadEnv } from 'vite';

/** What browsers of the last two years run; their styles below name them (Ed25519 in WebCrypto is asked for where it is used). */
const TARGET = 'es2022';

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite-console',
  build: {
    target: TARGET,
    // The first that know light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: true,
    // The policy of the page lets in files of its own origin only: nothing is put into other files as data.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    license: true,
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: {
      // Directives of server components in libraries mean nothing to a page that is only ever run by a browser.
      onLog: (level, log, tell) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log);
      },
    },
  },
  oxc: { jsx: { runtime: 'automatic' } },
  // `npx vite apps/console` beside a running platform: MEDSERVE_URL says where that is.
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/v2', '/dicom-web', '/fhir', '/readyz', '/livez', '/openapi.json'].map((path) => [
        path,
        { target: loadEnv(mode, import.meta.dirname, 'MEDSERVE_').MEDSERVE_URL ?? 'http://127.0.0.1:8080' },
      ]),
    ),
  },
}));
