import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import dimse from '@medserve/dimse';
import testkit from '@medserve/testkit';
import { Skipped } from '../lib/context.mjs';
import { atMost, figure, ratio } from '../lib/figures.mjs';
import { openPacs } from '../lib/pacs.mjs';

const MODEL = 'ct-tissue';
const HAS_MODEL = existsSync(fileURLToPath(new URL(`../../models/${MODEL}`, import.meta.url)));
/** Of the small ones, whose time is short, as many as make a median that stays. */
const CELLS = [
  { slices: 28, studies: { full: 20, quick: 10 } },
  { slices: 200, studies: { full: 10, quick: 3 } },
];
const ENDED_WITHIN_MS = 120_000;
const LOOK_MS = 100;
const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const SIDE = 512;
const ROUTE = `
name: ct
description: Tissue of every CT
when: { modality: CT }
complete: { on: go, maxWaitSeconds: 3600 }
series: { minSlices: 8 }
runs: [{ name: tissue, task: measure, model: ${MODEL} }]
results: { dicom: [sr] }
`;

const uid = () => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;

/** A cylinder of water with some noise, in air: 16 bits that are Hounsfield units. */
function slicePixels(number) {
  const pixels = Buffer.alloc(SIDE * SIDE * 2);
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    const [row, column] = [Math.floor(at / SIDE) - SIDE / 2, (at % SIDE) - SIDE / 2];
    const isInside = row ** 2 + column ** 2 < 170 ** 2;
    pixels.writeUInt16LE(isInside ? 1_000 + ((at * 7 + number * 13) % 97) : 24, at * 2);
  }
  return pixels;
}

/** A new study of one axial series, as data sets. */
function makeStudy(slices) {
  const [studyUid, series, frame] = [uid(), uid(), uid()];
  const instances = Array.from({ length: slices }, (_, at) => {
    const sopInstanceUid = uid();
    const dataSet = testkit.dataSetBytes(
      testkit.image(SIDE, SIDE, {
        0x00080008: ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
        0x00080016: ['UI', CT_IMAGE],
        0x00080018: ['UI', sopInstanceUid],
        0x00080020: ['DA', '20260102'],
        0x00080060: ['CS', 'CT'],
        0x00100020: ['LO', 'BENCH'],
        0x00180050: ['DS', 1.5],
        0x0020000d: ['UI', studyUid],
        0x0020000e: ['UI', series],
        0x00200013: ['IS', at + 1],
        0x00200032: ['DS', [0, 0, at * 1.5]],
        0x00200037: ['DS', [1, 0, 0, 0, 1, 0]],
        0x00200052: ['UI', frame],
        0x00280030: ['DS', [0.7, 0.7]],
        0x00281052: ['DS', -1_024],
        0x00281053: ['DS', 1],
        0x7fe00010: ['OW', slicePixels(at)],
      }),
    );
    return { sopInstanceUid, dataSet };
  });
  return { studyUid, instances };
}

async function send(address, { instances }) {
  const [host, port] = address.split(':');
  const association = await dimse.associate({
    host,
    port: Number(port),
    callingAet: 'BENCH',
    calledAet: 'MEDSERVE',
    contexts: [{ abstractSyntax: CT_IMAGE, transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN] }],
  });
  for (const { sopInstanceUid, dataSet } of instances) {
    const command = { sopClassUid: CT_IMAGE, sopInstanceUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, dataSet };
    const { status } = await association.store(command);
    if (status !== 0) throw new Error(`A slice was not stored: ${status.toString(16)}.`);
  }
  await association.release();
}

/** What `/v1` says to an operator. */
const callerOf =
  ({ url, key }) =>
  async (path, init = {}) => {
    const answer = await fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}.`);
    return answer.json();
  };

/** Milliseconds of decoding and of the model, of a study that is asked about as one request: what there would be without the road. */
async function oneRequest({ call }, slices) {
  const body = new FormData();
  body.set('request', JSON.stringify({ task: 'measure', model: MODEL }));
  for (const { dataSet } of makeStudy(slices).instances) body.append('file', new Blob([testkit.dicomFile(dataSet)]));
  return workOf(await call('/v1/infer', { method: 'POST', body }));
}

const workOf = ({ provenance: { timings } }) => timings.decodeMs + timings.dispatchMs;

async function ended(call, studyUid) {
  for (const began = performance.now(); performance.now() - began < ENDED_WITHIN_MS; await sleep(LOOK_MS)) {
    const { generations } = await call(`/v1/studies/${studyUid}`);
    const [{ state, says }] = generations;
    if (state === 'exported') return generations[0];
    if (state === 'failed' || state === 'skipped') throw new Error(`The study was not run: ${says}.`);
  }
  throw new Error('The study did not come to its end.');
}

/** Milliseconds of one study, from when it was complete to its report at the destination. */
async function oneRoad({ platform, pacs, call }, slices) {
  const study = makeStudy(slices);
  await send(platform.dimse, study);
  const out = pacs.arrived(1);
  await call(`/v1/studies/${study.studyUid}/go`, { method: 'POST' });
  const [outAt, generation] = await Promise.all([out, ended(call, study.studyUid)]);
  const work = workOf(await call(`/v1/results/${generation.runs[0].request}`));
  const [completeAt, inferredAt] = [Date.parse(generation.completeAt), Date.parse(generation.inferredAt)];
  return { road: outAt - completeAt, before: inferredAt - completeAt - work, after: outAt - inferredAt };
}

export const studyRoad = {
  name: 'study-road',
  title: 'A study in, its report out',
  shows:
    'Milliseconds from the moment at which a CT study is complete to its structured report at another DICOM node: read from the archive, asked about by the road of every request, on record, written as DICOM, stored and sent. Beside it what decoding and the time with the model take where as many slices are one request, in turns with the studies.',
  seconds: { full: 240, quick: 90 },
  async run(context) {
    if (!HAS_MODEL) throw new Skipped(`the package ${MODEL} is not in models/`);
    const pacs = await openPacs();
    context.defer(() => pacs.close());
    const routes = join(context.folder, 'routes');
    mkdirSync(routes);
    writeFileSync(join(routes, 'ct.yaml'), ROUTE);
    const platform = await context.platform({
      repositories: [],
      options: ['--dicom-port', '0', '--destination', `PACS=${pacs.address}`],
      environment: { MEDSERVE_ROUTES: routes },
    });
    const parts = { platform, pacs, call: callerOf(platform) };
    const cells = CELLS.map(({ slices, studies: { full, quick } }) => ({
      slices,
      rounds: context.rounds(full, quick),
      taken: [],
    }));
    const most = Math.max(...cells.map(({ rounds }) => rounds));
    for (let round = -2; round < most; round += 1) {
      context.say(round < 0 ? 'warming up' : `round ${round + 1} of ${most}`);
      for (const { slices, taken } of cells.filter(({ rounds }) => round < rounds)) {
        const alone = await oneRequest(parts, slices);
        const road = await oneRoad(parts, slices);
        if (round >= 0) taken.push({ ...road, alone });
      }
    }
    const of = ({ taken }, name) => taken.map((road) => road[name]);
    return {
      groups: [
        {
          title: 'From complete to the report at its destination, over decoding and the model',
          figures: cells.map((cell) =>
            ratio({
              label: `${cell.slices} slices`,
              target: atMost(1.25),
              measured: { unit: 'ms', rounds: of(cell, 'road') },
              baseline: { label: 'decoding and the model', unit: 'ms', rounds: of(cell, 'alone') },
            }),
          ),
        },
        {
          title: 'Milliseconds that are neither',
          figures: cells.flatMap((cell) => [
            figure({ label: `${cell.slices} slices, up to the answer`, unit: 'ms', rounds: of(cell, 'before') }),
            figure({ label: `${cell.slices} slices, from the answer on`, unit: 'ms', rounds: of(cell, 'after') }),
          ]),
        },
      ],
      notes: [],
    };
  },
};
