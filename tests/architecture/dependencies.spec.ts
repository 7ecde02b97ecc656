import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { ROOT } from '../support/platform';

interface Rule {
  readonly name: string;
  readonly comment?: string;
}

const CONFIG = join(ROOT, '.dependency-cruiser.cjs');
// oxlint-disable-next-line typescript/no-require-imports -- the rules are a CommonJS file that the tool reads, too
const { forbidden } = require(CONFIG) as { forbidden: readonly Rule[] };

type Tree = readonly (readonly [file: string, text: string])[];

// oxlint-disable-next-line typescript/no-require-imports -- as above
const STOREYS = require('./storeys.cjs') as Record<string, readonly (readonly string[])[]>;

/** A room that imports another. */
const breach = (part: string, room: string, other: string): Tree => [
  [`${part}/src/${room}/one.ts`, `import '../${other}/two';`],
  [`${part}/src/${other}/two.ts`, 'export {};'],
];

/** Where a storey has several rooms, one of them imports the next; the one above it does where it has one only. */
const breachesOfStoreys = Object.entries(STOREYS).flatMap(([part, storeys]) =>
  storeys.flatMap((rooms, floor): [string, Tree][] => {
    const [room = '', other = storeys[floor + 1]?.[0]] = rooms;
    return other === undefined ? [] : [[`storey-${String(floor)}-of-${part}`, breach(part, room, other)]];
  }),
);

/** One tree for all of them, as each rule is of one storey. */
const UPSIDE_DOWN: Tree = breachesOfStoreys.flatMap(([, tree]) => tree);

/** For each rule, the smallest tree that breaks it: a file and what it imports. */
const BREACHES: Record<string, Tree> = {
  ...Object.fromEntries(breachesOfStoreys.map(([rule]) => [rule, UPSIDE_DOWN])),
  'rooms-stand-in-a-storey': breach('apps/gateway', 'annexe', 'http'),
  'apps-import-libs-never-apps': [
    ['apps/one/src/index.ts', "import '../../two/src/index';"],
    ['apps/two/src/index.ts', 'export {};'],
  ],
  'libs-never-import-apps': [
    ['libs/rpc/src/index.ts', "import '../../../apps/one/src/index';"],
    ['apps/one/src/index.ts', 'export {};'],
  ],
  'clinical-and-serving-are-plain': [['libs/serving/src/index.ts', "import 'node:fs';"]],
  'clinical-and-serving-do-not-meet': [
    ['libs/serving/src/index.ts', "import '../../clinical/src/index';"],
    ['libs/clinical/src/index.ts', 'export {};'],
  ],
  'errors-and-ledger-stand-alone': [
    ['libs/errors/src/index.ts', "import '../../runtime/src/index';"],
    ['libs/runtime/src/index.ts', 'export {};'],
  ],
  'dimse-knows-no-data-set': [
    ['libs/dimse/src/index.ts', "import '../../imaging/src/index';"],
    ['libs/imaging/src/index.ts', 'export {};'],
  ],
  'archive-stands-on-ports': [
    ['libs/archive/src/index.ts', "import '../../storage/src/index';"],
    ['libs/storage/src/index.ts', 'export {};'],
  ],
  'delivery-stands-on-ports': [
    ['libs/delivery/src/index.ts', "import '../../storage/src/index';"],
    ['libs/storage/src/index.ts', 'export {};'],
  ],
  'interop-knows-results-alone': [
    ['libs/interop/src/index.ts', "import '../../storage/src/index';"],
    ['libs/storage/src/index.ts', 'export {};'],
  ],
  'console-speaks-the-public-api': [
    ['apps/console/src/page.ts', "import { read } from '../../../libs/clinical/src/index';\nread();"],
    ['libs/clinical/src/index.ts', 'export const read = (): void => undefined;'],
  ],
  'console-shares-answers-alone': [
    [
      'apps/console/src/page.ts',
      "import type { Row } from '../../../libs/storage/src/index';\nexport type Kept = Row;",
    ],
    ['libs/storage/src/index.ts', 'export type Row = string;'],
  ],
  'testkit-is-for-tests': [
    ['libs/rpc/src/index.ts', "import '../../testkit/src/index';"],
    ['libs/testkit/src/index.ts', 'export {};'],
  ],
  'libraries-have-one-door': [
    ['apps/one/src/index.ts', "import '../../../libs/rpc/src/inside';"],
    ['libs/rpc/src/inside.ts', 'export {};'],
  ],
  'tests-use-public-doors': [
    ['tests/some.spec.ts', "import '../libs/rpc/src/inside';"],
    ['libs/rpc/src/inside.ts', 'export {};'],
  ],
  'no-cycles': [
    ['libs/rpc/src/index.ts', "import './other';"],
    ['libs/rpc/src/other.ts', "import './index';"],
  ],
  'no-unresolved': [['libs/rpc/src/index.ts', "import './nowhere';"]],
  'no-undeclared-packages': [['libs/rpc/src/index.ts', "import 'semver';"]],
  'rate-limiter-has-one-owner': [['apps/one/src/index.ts', "import 'rate-limiter-flexible';"]],
  'onnxruntime-has-one-owner': [['apps/one/src/index.ts', "import 'onnxruntime-node';"]],
  'language-has-one-owner': [['apps/one/src/index.ts', "import '@huggingface/tokenizers';"]],
  'jose-has-one-owner': [['apps/one/src/index.ts', "import 'jose';"]],
  'openid-has-one-owner': [['apps/one/src/index.ts', "import 'openid-client';"]],
  'policy-has-one-owner': [['apps/one/src/index.ts', "import '@casl/ability';"]],
  'kafkajs-has-one-owner': [['apps/one/src/index.ts', "import 'kafkajs';"]],
  'typeorm-has-one-owner': [['apps/one/src/index.ts', "import 'pg';"]],
  'grpc-has-one-owner': [['apps/one/src/index.ts', "import '@grpc/grpc-js';"]],
  'dicom-has-one-owner': [['apps/one/src/index.ts', "import 'dicom-parser';"]],
  'codecs-has-one-owner': [['apps/one/src/index.ts', "import 'sharp';"]],
  'telemetry-has-one-owner': [['apps/one/src/index.ts', "import 'prom-client';"]],
  'traces-has-one-owner': [['libs/runtime/src/index.ts', "import '@opentelemetry/api';"]],
  'sdk-of-traces-is-loaded-late': [
    ['libs/runtime/src/telemetry/tracing/sdk.ts', 'export const sdk = 1;'],
    ['libs/runtime/src/telemetry/tracing/index.ts', "export { sdk } from './sdk';"],
  ],
  'sigstore-has-one-owner': [['apps/one/src/index.ts', "import '@sigstore/verify';"]],
  'certificates-has-one-owner': [['apps/one/src/index.ts', "import '@peculiar/x509';"]],
  'niivue-has-one-owner': [['apps/one/src/index.ts', "import '@niivue/niivue';"]],
  'nest-has-one-owner': [['libs/rpc/src/index.ts', "import '@nestjs/common';"]],
};

/** Writes a tree as a project of its own, with the packages of this one. */
function write(tree: Tree): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'medserve-rules-')));
  // A project of TypeScript has a file, and those of the console are none of its.
  for (const [file, text] of [...tree, ['tests/none.ts', 'export {};'] as const]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${text}\n`);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const file of ['package.json', 'tsconfig.json'])
    writeFileSync(join(folder, file), readFileSync(join(ROOT, file)));
  return folder;
}

/** The names of the rules that each tree breaks. */
function brokenIn(trees: readonly Tree[]): string[][] {
  const folders = trees.map(write);
  try {
    const run = spawnSync(process.execPath, [join(__dirname, 'cruise-each.mjs'), CONFIG, ...folders], {
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout) as string[][];
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** What is generated, and what is there for tests alone. */
const WITHOUT_STOREYS = ['libs/contracts', 'libs/testkit'];

const roomsOf = (part: string): string[] =>
  readdirSync(join(ROOT, part, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
    .map(({ name }) => name)
    .sort();

describe('the rule of dependencies', () => {
  const names = Object.keys(BREACHES);
  let broken: Map<string, string[]>;
  beforeAll(() => {
    const trees = [...new Set(Object.values(BREACHES))];
    const found = brokenIn(trees);
    const byTree = new Map(trees.map((tree, index) => [tree, found[index] ?? []]));
    broken = new Map(Object.entries(BREACHES).map(([name, tree]) => [name, byTree.get(tree) ?? []]));
  });

  it('has a reason beside each rule, and a breach of each in this test', () => {
    expect(forbidden.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const { comment } of forbidden) expect(comment?.length).toBeGreaterThan(20);
  });

  it('knows the rooms of every app and library', () => {
    const parts = ['apps', 'libs'].flatMap((kind) => readdirSync(join(ROOT, kind)).map((name) => `${kind}/${name}`));
    for (const part of parts.filter((name) => !WITHOUT_STOREYS.includes(name)))
      expect({ part, rooms: roomsOf(part) }).toEqual({ part, rooms: (STOREYS[part] ?? []).flat().sort() });
  });

  it.each(names)('can fail: %s', (name) => {
    expect(broken.get(name)).toContain(name);
  });

  it('is kept by a tree that breaks none', () => {
    expect(brokenIn([[['libs/rpc/src/index.ts', 'export {};']]])).toEqual([[]]);
  });

  it('lets a room import those of the storeys below, and a spec any', () => {
    const spec: Tree = [
      ['apps/gateway/src/http/one.spec.ts', "import '../door/two';"],
      ['apps/gateway/src/door/two.ts', 'export {};'],
    ];
    expect(brokenIn([breach('apps/gateway', 'door', 'http'), spec])).toEqual([[], []]);
  });
});
