// Measures the package on phantoms, through the graph and the platform's own reader (build the platform first):
//
//   python phantoms.py FOLDER 1000 60 && node measure.mjs FOLDER
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { READERS } = require('@medserve/clinical');
const ort = require('onnxruntime-node');
const { parse } = require('yaml');

const home = join(dirname(fileURLToPath(import.meta.url)), '..');
const reader = READERS.get('nuclei');
const parameters = reader.parameters.parse(parse(readFileSync(join(home, 'model.yaml'), 'utf8')).read.parameters);
const session = await ort.InferenceSession.create(join(home, 'model.onnx'), { intraOpNumThreads: 1 });
const AS_SENT = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

async function read(width, height, rgb) {
  const results = await session.run({ image: new ort.Tensor('uint8', rgb, [1, height, width, 3]) });
  const outputs = new Map(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      { name, datatype: type === 'float32' ? 'FP32' : 'UINT8', shape: dims, data },
    ]),
  );
  const input = { kind: 'picture', width, height, channels: 3, sampleType: 'uint8' };
  return { finding: reader.read({ input, placement: AS_SENT, outputs }, parameters), outputs };
}

/** Pairs of found and true nuclei, nearest first, each used once; a pair is nearer than the true radius. */
function matched(found, truth) {
  const pairs = [];
  found.forEach((f, i) =>
    truth.forEach((t, j) => {
      const distance = Math.hypot(f.x - t.x, f.y - t.y);
      if (distance <= Math.max(4, t.radius)) pairs.push([distance, i, j]);
    }),
  );
  pairs.sort((a, b) => a[0] - b[0]);
  const [usedFound, usedTrue] = [new Set(), new Set()];
  for (const [, i, j] of pairs) {
    if (usedFound.has(i) || usedTrue.has(j)) continue;
    usedFound.add(i);
    usedTrue.add(j);
  }
  return usedFound.size;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const folder = process.argv[2];
const rows = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const truth = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const stem = file.slice(0, -5);
  const { finding, outputs } = await read(
    truth.width,
    truth.height,
    new Uint8Array(readFileSync(join(folder, `${stem}.rgb`))),
  );
  const values = Object.fromEntries(finding.answer.measurements.map(({ code, value }) => [code, value]));
  const boxes = finding.answer.parts[0].regions.map(({ box }) => ({
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
  }));
  const hits = matched(boxes, truth.nuclei);
  const painted = new Float32Array(new Uint8Array(readFileSync(join(folder, `${stem}.h`))).buffer);
  const separated = outputs.get('haematoxylin').data;
  rows.push({
    kind: truth.kind,
    seed: truth.seed,
    truth: truth.nuclei.length,
    count: values.nuclei,
    countError: Math.abs(values.nuclei - truth.nuclei.length) / truth.nuclei.length,
    precision: hits / Math.max(1, boxes.length),
    recall: hits / truth.nuclei.length,
    dabError:
      'dab-positive-share' in values ? Math.abs(values['dab-positive-share'] - 100 * truth.dabShare) : undefined,
    stainsRight: 'dab-positive-share' in values === (truth.kind !== 'he'),
    hError: mean(Array.from(painted, (value, at) => Math.abs(value - separated[at]))),
    scaleError:
      Math.abs(finding.evidence.find(({ kind }) => kind === 'count').prevailingRadius - truth.typicalRadius) /
      truth.typicalRadius,
    warned: finding.warnings.some((text) => text.includes('fits neither')),
  });
}
if (process.argv[3] === '--each')
  for (const r of rows)
    console.log(
      r.kind.padEnd(14),
      r.seed,
      r.truth,
      r.count,
      r.precision.toFixed(2),
      r.recall.toFixed(2),
      r.dabError?.toFixed(1),
    );
for (const kind of [...new Set(rows.map((row) => row.kind)), 'all']) {
  const some = rows.filter((row) => kind === 'all' || row.kind === kind);
  const dab = some.map((r) => r.dabError).filter((error) => error !== undefined);
  console.log(
    `${kind.padEnd(14)} ${some.length} tiles: count off by ${(100 * mean(some.map((r) => r.countError))).toFixed(1)} %, precision ${mean(some.map((r) => r.precision)).toFixed(3)}, recall ${mean(some.map((r) => r.recall)).toFixed(3)}, ` +
      `DAB share off by ${dab.length ? mean(dab).toFixed(2) : '-'} points, haematoxylin density off by ${mean(some.map((r) => r.hError)).toFixed(3)}, radius off by ${(100 * mean(some.map((r) => r.scaleError))).toFixed(0)} %, ` +
      `stains right ${some.filter((r) => r.stainsRight).length}, unusual stain warned ${some.filter((r) => r.warned).length}`,
  );
}
