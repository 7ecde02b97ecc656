import { mergedClasses } from '@medserve/serving';
import { table } from '../../output/table';
import type { ModelDrift, PlaceRates, SignalDrift } from './read-drift';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** A class that holds as much as before. */
const AS_BEFORE = 3;
const CLASSES = 10;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Where the window falls among tenths of the reference: a bar of half height for as much as before. */
export function bars(counts: NonNullable<SignalDrift['counts']>): string {
  const { reference, window } = mergedClasses(counts, CLASSES);
  const [before, now] = [sum(reference), sum(window)];
  const drawn = reference.map((held, at) => {
    const ratio = held === 0 ? Infinity : (window[at] ?? 0) / now / (held / before);
    return BARS[Math.min(BARS.length - 1, Math.round(ratio * AS_BEFORE))] ?? '';
  });
  return drawn.join('');
}

const block = (heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  `${table(heads, rows).replace(/^/gm, '  ')}\n`;

const against = (value: number, threshold: number): string => `${value.toFixed(2)} > ${threshold.toFixed(2)}`;

function signalLine({
  site,
  scanner,
  signal,
  referenceSamples,
  windowSamples,
  verdict,
  counts,
}: SignalDrift): string[] {
  const place = [site, scanner, signal];
  const samples = `${String(windowSamples)} / ${String(referenceSamples)}`;
  if (counts === undefined) return [...place, `learns (${String(referenceSamples)})`, '', '', '', ''];
  if (verdict === null) return [...place, 'waits', bars(counts), samples, '', ''];
  const { psi, psiThreshold, ks, ksThreshold, hasDrifted } = verdict;
  return [
    ...place,
    hasDrifted ? 'DRIFTED' : 'as before',
    bars(counts),
    samples,
    against(psi, psiThreshold).replace('>', psi > psiThreshold ? '>' : '<'),
    ksThreshold >= 1 ? '' : against(ks, ksThreshold).replace('>', ks > ksThreshold ? '>' : '<'),
  ];
}

const share = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

const placeLine = ({ site, scanner, answered, abstained, attested, overridden }: PlaceRates): (string | number)[] => [
  site,
  scanner,
  answered + abstained,
  share(abstained, answered + abstained),
  attested + overridden,
  share(overridden, attested + overridden),
];

function modelText({ model, version, signals, places, calibration }: ModelDrift): string {
  const parts = [`${model}:${version}\n`];
  if (signals.length > 0) {
    const head = ['site', 'scanner', 'signal', 'now', 'where', 'now / first', 'PSI', 'KS'];
    parts.push(block(head, signals.map(signalLine)));
  }
  if (places.length > 0) {
    parts.push(
      '\n',
      block(['site', 'scanner', 'answers', 'held back', 'reviewed', 'overridden'], places.map(placeLine)),
    );
  }
  if (calibration.length > 0) {
    const lines = calibration.map(({ site, count, error, low, high }) => [
      site,
      count,
      error.toFixed(3),
      `${low.toFixed(3)} to ${high.toFixed(3)}`,
    ]);
    parts.push('\n', block(['site', 'judged', 'calibration error', '95 %'], lines));
  }
  return parts.join('');
}

export const describeDrift = (models: readonly ModelDrift[]): string =>
  models.length === 0 ? 'nothing was watched yet\n' : models.map(modelText).join('\n');
