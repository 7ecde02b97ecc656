// KEDA with the few triggers that MedServe's pools have: reconciler, scale executor, handling of pushes, fallback and metrics service
// are KEDA's own, untouched; the scalers of seventy other systems, and a thousand packages of cloud SDKs with them, are left out.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const TRIGGERS = [
  'cpu',
  'cron',
  'external',
  'external-push',
  'kafka',
  'kubernetes-workload',
  'memory',
  'prometheus',
];

const KEPT_FILES = new Set([
  'scaler.go',
  'cpu_memory_scaler.go',
  'cron_scaler.go',
  'external_scaler.go',
  'kafka_scaler.go',
  'kubernetes_workload_scaler.go',
  'prometheus_scaler.go',
]);

/* KEDA declares it in the file of one of the scalers that are left out. */
const METRIC_TYPE = `package scalers

import v2 "k8s.io/api/autoscaling/v2"

const externalMetricType = v2.ExternalMetricSourceType
`;

/** Takes all scalers but those of TRIGGERS out of a copy of KEDA's source. */
export function trim(source) {
  const builder = join(source, 'pkg', 'scaling', 'scalers_builder.go');
  writeFileSync(builder, withoutOthers(readFileSync(builder, 'utf8')));
  const scalers = join(source, 'pkg', 'scalers');
  const files = readdirSync(scalers, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) if (!KEPT_FILES.has(name)) rmSync(join(scalers, name));
  writeFileSync(join(scalers, 'metric_type.go'), METRIC_TYPE);
}

/** The source of scalers_builder.go with the cases of TRIGGERS only. */
export function withoutOthers(text) {
  const [head, cases, tail] = text.split(
    /(?<=\tswitch triggerType \{\n)|(?=\tdefault:\n\t\treturn nil, fmt\.Errorf\("no scaler found)/,
  );
  const kept = cases
    .split(/(?=^\tcase )/m)
    .filter((part) => TRIGGERS.includes(/^\tcase "([^"]+)":/.exec(part)?.[1] ?? ''));
  if (kept.length !== TRIGGERS.length) throw new Error(`KEDA has ${kept.length} of the ${TRIGGERS.length} triggers`);
  return `${head}${kept.join('')}${tail}`;
}
