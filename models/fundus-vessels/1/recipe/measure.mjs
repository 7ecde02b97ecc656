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
const reader = READERS.get('fundus');
const parameters = reader.parameters.parse(parse(readFileSync(join(home, 'model.yaml'), 'utf8')).read.parameters);
const session = await ort.InferenceSession.create(join(home, 'model.onnx'), { intraOpNumThreads: 1 });
const AS_SENT = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };

export async function read(width, height, rgb) {
  const image = new ort.Tensor('uint8', rgb, [1, height, width, 3]);
  const results = await session.run({ image });
  const outputs = new Map(
    Object.entries(results).map(([name, { type, dims, data }]) => [
      name,
      { name, datatype: type === 'float32' ? 'FP32' : 'UINT8', shape: dims, data },
    ]),
  );
  const input = { kind: 'picture', width, height, channels: 3, sampleType: 'uint8' };
  return reader.read({ input, placement: AS_SENT, outputs }, parameters);
}

function decode({ counts }, size) {
  const mask = new Uint8Array(size);
  let at = 0;
  counts.forEach((count, index) => {
    if (index % 2) mask.fill(1, at, at + count);
    at += count;
  });
  return mask;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const folder = process.argv[2];
const rows = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const truth = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const stem = file.slice(0, -5);
  const mask = readFileSync(join(folder, `${stem}.mask`));
  const { answer, decision } = await read(
    truth.width,
    truth.height,
    new Uint8Array(readFileSync(join(folder, `${stem}.rgb`))),
  );
  const found = decode(answer.regions[0].mask, mask.length);
  const [cx, cy, r] = [truth.width / 2, truth.height / 2, truth.fieldDiameter / 2];
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (let at = 0; at < mask.length; at += 1) {
    const inside = Math.hypot((at % truth.width) + 0.5 - cx, Math.floor(at / truth.width) + 0.5 - cy) <= r;
    if (mask[at]) found[at] ? (tp += 1) : (fn += 1);
    else if (found[at]) fp += 1;
    else if (inside) tn += 1;
  }
  const values = Object.fromEntries(answer.parts[0].measurements.map(({ code, value }) => [code, value]));
  const side = answer.parts.find(({ kind }) => kind === 'classification')?.labels[0].code;
  rows.push({
    dice: (2 * tp) / (2 * tp + fp + fn),
    sensitivity: tp / (tp + fn),
    specificity: tn / (tn + fp),
    density: Math.abs(values['vessel-density'] - 100 * truth.vesselShare),
    disc: Math.hypot(values['optic-disc-x'] - truth.disc.x, values['optic-disc-y'] - truth.disc.y) / truth.disc.radius,
    radius: Math.abs(values['optic-disc-diameter'] / 2 - truth.disc.radius) / truth.disc.radius,
    field: Math.abs(values['field-diameter'] - truth.fieldDiameter) / truth.fieldDiameter,
    eye: truth.eye,
    side,
    decision,
  });
}
const found = rows.filter(({ disc }) => Number.isFinite(disc));
const sided = rows.filter(({ eye }) => eye !== null);
const percent = (value) => `${(100 * value).toFixed(1)} %`;
console.log(`${rows.length} phantoms, ${rows.filter(({ decision }) => decision === 'answered').length} answered`);
console.log(
  `vessels: Dice ${mean(rows.map((r) => r.dice)).toFixed(3)} (least ${Math.min(...rows.map((r) => r.dice)).toFixed(3)}), sensitivity ${mean(rows.map((r) => r.sensitivity)).toFixed(3)}, specificity ${mean(rows.map((r) => r.specificity)).toFixed(3)}`,
);
console.log(`vessel density: mean absolute error ${mean(rows.map((r) => r.density)).toFixed(2)} percentage points`);
console.log(
  `disc: found in ${found.length}, centre within one radius in ${found.filter(({ disc }) => disc < 1).length}, mean error ${mean(found.map((r) => r.disc)).toFixed(3)} radii (largest ${Math.max(...found.map((r) => r.disc)).toFixed(2)}), radius off by ${percent(mean(found.map((r) => r.radius)))}`,
);
console.log(
  `field diameter: mean error ${percent(mean(rows.map((r) => r.field)))}, largest ${percent(Math.max(...rows.map((r) => r.field)))}`,
);
console.log(
  `laterality: of ${sided.length} with the disc to one side right ${sided.filter((r) => r.side === r.eye).length}, wrong ${sided.filter((r) => r.side && r.side !== r.eye).length}, left open ${sided.filter((r) => !r.side).length}; of ${rows.length - sided.length} disc-centred left open ${rows.filter((r) => r.eye === null && !r.side).length}`,
);
