/* The rule of dependencies. Each rule carries its reason; tests/architecture breaks each one on purpose. */
const STOREYS = require('./tests/architecture/storeys.cjs');

const SOURCE = '^(libs|apps)/[^/]+/src/';
/** The files that import more than types of OpenTelemetry. */
const SDK_OF_TRACES = '^libs/runtime/src/telemetry/tracing/(sdk|sdk-spans|otlp-export)\\.ts$';

/** An outside technology is imported by one library, so that it can be replaced, faked and kept up to date in one place. */
const owned = (name, packages, owners, reason) => ({
  name: `${name}-has-one-owner`,
  comment: reason,
  severity: 'error',
  from: { path: SOURCE, pathNot: owners },
  to: { path: `(^|/)node_modules/(${packages})(/|$)` },
});

/** Specs, and what is there for tests alone. */
const FOR_TESTS = ['\\.spec\\.tsx?$', '/testing/'];

/** The rooms that stand in a storey. */
const placed = Object.entries(STOREYS).map(([part, storeys]) => `^${part}/src/(${storeys.flat().join('|')})/`);

/** A storey knows nothing of those above it, and its rooms nothing of each other. */
const storey = (part, rooms, floor, storeys) => ({
  name: `storey-${String(floor)}-of-${part}`,
  comment:
    'Rooms that import each other are one room, or hold something that belongs to a third: what both need stands in a storey below.',
  severity: 'error',
  from: { path: `^${part}/src/(${rooms.join('|')})/`, pathNot: FOR_TESTS },
  to: { path: `^${part}/src/(${storeys.slice(floor).flat().join('|')})/`, pathNot: [`^${part}/src/$1/`, ...FOR_TESTS] },
});

module.exports = {
  forbidden: [
    ...Object.entries(STOREYS).flatMap(([part, storeys]) =>
      // A room that stands alone at the top has nothing to be kept from.
      storeys.flatMap((rooms, floor) =>
        storeys.slice(floor).flat().length > 1 ? [storey(part, rooms, floor, storeys)] : [],
      ),
    ),
    {
      name: 'rooms-stand-in-a-storey',
      comment: 'A room that is not written in tests/architecture/storeys.cjs could import all others.',
      severity: 'error',
      from: { path: `^(${Object.keys(STOREYS).join('|')})/src/[^/]+/`, pathNot: [...placed, ...FOR_TESTS] },
      to: { path: '^$1/src/[^/]+/', pathNot: FOR_TESTS },
    },
    {
      name: 'apps-import-libs-never-apps',
      comment:
        'An app is a process of its own: what two of them share belongs in a library. The exception is the one place that hosts several services in one process.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/', pathNot: '^apps/cli/src/platform-main\\.ts$' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-never-import-apps',
      comment: 'Apps are thin shells over the libraries; a library that knows an app cannot be used by another.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'clinical-and-serving-are-plain',
      comment:
        'The two domains decide from state and time alone. They know the errors and, for schemas, zod; no technology, so that every decision can be tested by calling a function.',
      severity: 'error',
      from: { path: '^libs/(clinical|serving)/src/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/(clinical|serving|errors)/src/', '(^|/)node_modules/zod(/|$)'] },
    },
    {
      name: 'clinical-and-serving-do-not-meet',
      comment: 'What an image means and who serves it are two subjects; one must not grow into the other.',
      severity: 'error',
      from: { path: '^libs/(clinical|serving)/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(clinical|serving)/src/', pathNot: '^libs/$1/src/' },
    },
    {
      name: 'errors-and-ledger-stand-alone',
      comment:
        'Errors are known to everyone, so they know nobody. The ledger is arithmetic that a stranger should be able to check.',
      severity: 'error',
      from: { path: '^libs/(errors|ledger)/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs|apps)/', pathNot: '^libs/($1|errors)/src/' },
    },
    {
      name: 'dimse-knows-no-data-set',
      comment:
        'The upper layer moves data sets as bytes. One that parsed them would end an association over an instance, or keep other bytes than came (decision 0032).',
      severity: 'error',
      from: { path: '^libs/dimse/src/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^libs/(dimse|errors)/src/', '^(node:)?(net|tls|crypto|timers/promises)$'] },
    },
    {
      name: 'archive-stands-on-ports',
      comment:
        'The archive reads instances and keeps files. Who sends them, and where the rows are, is behind its doors: the index is a port that storage fills.',
      severity: 'error',
      from: { path: '^libs/archive/src/', pathNot: ['\\.spec\\.ts$', '/testing/'] },
      to: { path: '^(libs|apps)/', pathNot: '^libs/(archive|errors|imaging)/src/' },
    },
    {
      name: 'delivery-stands-on-ports',
      comment:
        'A destination is given what to send and says what became of it. The queue and the archive are ports, so that every answer of a receiver can be tried without a database.',
      severity: 'error',
      from: { path: '^libs/delivery/src/', pathNot: ['\\.spec\\.ts$', '/testing/'] },
      to: {
        path: '^(libs|apps)/',
        pathNot: '^libs/(delivery|errors|interop)/src/|^libs/runtime/src/failpoints/index\\.ts$',
      },
    },
    {
      name: 'interop-knows-results-alone',
      comment:
        'A report or a message is made of an answer, a study and the ledger. Who composes it for a hospital and who checks one in a test need no codec, no database and no server for that.',
      severity: 'error',
      from: { path: '^libs/interop/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs|apps)/', pathNot: '^libs/(interop|clinical|errors|events)/src/' },
    },
    {
      name: 'console-speaks-the-public-api',
      comment:
        'What the page can do, curl can do. It shares types of answers with the platform, and no code: a browser asks the gateway.',
      severity: 'error',
      from: { path: '^apps/console/src/', pathNot: ['\\.spec\\.ts$', '/testing/'] },
      to: { path: '^(libs|apps)/', pathNot: '^apps/console/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'console-shares-answers-alone',
      comment: 'Of the platform’s types the page knows those that stand on the wire.',
      severity: 'error',
      from: { path: '^apps/console/src/', pathNot: ['\\.spec\\.ts$', '/testing/'] },
      to: { path: '^libs/', pathNot: '^libs/clinical/src/index\\.ts$' },
    },
    {
      name: 'testkit-is-for-tests',
      comment: 'Fakes and fixtures must not reach a process that serves.',
      severity: 'error',
      from: { path: SOURCE, pathNot: ['\\.spec\\.ts$', '-contract\\.ts$', '/testing/', '^libs/testkit/'] },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'libraries-have-one-door',
      comment:
        'A path into a library makes its inside public; what others need is exported by its index. The messages of the Open Inference Protocol and of KEDA are doors of their own: only who speaks them pays for loading them. So are the failpoints and the spans, which stand where the rest of telemetry would be loaded for nothing, and the models of noise, which who serves does not need.',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/src/' },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: [
          '^libs/[^/]+/src/index\\.ts$',
          '^libs/contracts/src/(oip|keda)\\.ts$',
          '^libs/runtime/src/(failpoints|telemetry/tracing)/index\\.ts$',
          '^libs/engines/src/standin/index\\.ts$',
          '^$1/$2/src/',
        ],
      },
    },
    {
      name: 'tests-use-public-doors',
      comment: 'A test in tests/ speaks for a user of the library or the platform.',
      severity: 'error',
      from: { path: '^(tests|bench)/' },
      to: {
        path: '^(libs|apps)/[^/]+/src/',
        pathNot: [
          '^(libs|apps)/[^/]+/src/index\\.ts$',
          '^libs/runtime/src/(failpoints|telemetry/tracing)/index\\.ts$',
          '^libs/engines/src/standin/index\\.ts$',
          '^libs/contracts/src/(oip|keda)\\.ts$',
          // What the page gives people to paste, and what it takes an answer of the API to be.
          '^apps/console/src/(recipes/(ask|recipes)|api/types/description)\\.ts$',
          // What `GET /openapi.json` answers.
          '^apps/gateway/src/openapi/document\\.ts$',
        ],
      },
    },
    {
      name: 'sdk-of-traces-is-loaded-late',
      comment:
        'It costs a start 0.2 s and 35 MB. Only a process that has a collector pays for it, and no model host does.',
      severity: 'error',
      from: { path: SOURCE, pathNot: SDK_OF_TRACES },
      to: { path: SDK_OF_TRACES, dynamic: false },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one idea in two places, or two ideas that grew together.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'What is not in package.json may be gone with the next install.',
      severity: 'error',
      from: { path: SOURCE },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    owned(
      'rate-limiter',
      'rate-limiter-flexible',
      '^libs/storage/',
      'Counters that gateways share are SQL, under the same row security as all of it.',
    ),
    owned('onnxruntime', 'onnxruntime-node', '^libs/engines/', 'Engines are swapped behind one port.'),
    owned(
      'kafkajs',
      'kafkajs',
      '^libs/events/',
      'One wrapper owns the producer: a call across partitions loses messages.',
    ),
    owned(
      'typeorm',
      'typeorm|pg',
      '^libs/(storage|testkit)/',
      'SQL lives in one place, where tenants and transactions are looked after.',
    ),
    owned(
      'grpc',
      '@grpc',
      '^libs/(rpc|contracts)/',
      'Windows, deadlines, cancellation and back-pressure are done once. Contracts hold generated service definitions.',
    ),
    owned(
      'dicom',
      'dicom-parser|dcmjs',
      '^libs/imaging/',
      'Bytes from outside are parsed in one place, under one set of limits.',
    ),
    owned('codecs', 'sharp|@cornerstonejs', '^libs/imaging/', 'Native decoders run where they are bounded.'),
    owned(
      'telemetry',
      'prom-client|pino',
      '^libs/runtime/',
      'Metrics are declared in one file; logs take a closed list of fields.',
    ),
    owned(
      'traces',
      '@opentelemetry',
      '^libs/runtime/src/telemetry/tracing/',
      'Spans have names and attributes of closed lists, and nothing is instrumented by itself.',
    ),
    owned(
      'certificates',
      '@peculiar',
      '^libs/(security|testkit)/',
      'What a certificate says is decided where credentials are understood.',
    ),
    owned(
      'sigstore',
      '@sigstore',
      '^libs/engines/src/signing/',
      'Who may put a model into service is decided in one place.',
    ),
    owned('language', '@huggingface', '^libs/engines/', 'What a token is belongs to the model that was trained on it.'),
    owned('jose', 'jose', '^libs/security/', 'What a token says is believed in one place, after all checks.'),
    owned(
      'openid',
      'openid-client|oauth4webapi',
      '^apps/gateway/src/sign-in/',
      'One place speaks with the issuers at which people sign in; what their tokens say is believed by libs/security.',
    ),
    owned('policy', '@casl', '^libs/security/', 'Who may do what to an object is decided in one place.'),
    owned(
      'niivue',
      '@niivue',
      '^apps/console/src/viewer/draw-planes\\.ts$',
      'It is four times the rest of the page: only who opens three planes and 3D waits for it.',
    ),
    owned('nest', '@nestjs', '^apps/', 'Nest wires and serves HTTP; nothing that decides knows it.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs|apps)/[^/]+/dist/|^libs/contracts/src/generated/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['medserve-source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
    combinedDependencies: true,
  },
};
