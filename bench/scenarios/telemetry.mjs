import { createServer } from 'node:http';
import { startChild } from '../lib/child.mjs';
import { atMost, figure, ratio } from '../lib/figures.mjs';
import { identity } from '../lib/models.mjs';
import { allMs, cpuByRole, cpuPerRequest } from '../lib/process-tree.mjs';

/** What the metrics of a request, and a trace that nobody keeps, may cost all processes together (issue 7). */
const MOST_US = 15;
const SAMPLED_REQUESTS = 4_000;

/** Takes traces as a collector does, and forgets them. */
async function startCollector() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200).end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

const WAYS = {
  off: () => ({}),
  unsampled: (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER: 'always_off' }),
  'every request sampled': (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER: 'always_on' }),
};

export const telemetry = {
  name: 'telemetry',
  title: 'What telemetry costs a request',
  shows:
    'CPU of all metrics and spans of one request, those of gateway, router and model host made in one process around the coding of a frame of 4 kB, against the same calls to what does nothing. Then the platform itself, at 8 in flight, with traces nowhere, kept of no request, and kept of every one.',
  seconds: { full: 70, quick: 30 },
  async run(context) {
    const collector = await startCollector();
    context.defer(() => collector.close());
    const child = await startChild(new URL('../lib/telemetry-child.mjs', import.meta.url), [collector.url]);
    context.defer(() => child.close());
    const requests = context.quick ? 20_000 : 60_000;
    const ask = (variant, count = requests) => child.ask({ variant, requests: count });
    for (const variant of ['off', 'metrics', 'unsampled', 'sampled']) await ask(variant, SAMPLED_REQUESTS);
    const taken = { off: [], metrics: [], unsampled: [], sampled: [] };
    const rounds = context.rounds(5, 3);
    for (let round = 0; round < rounds; round += 1) {
      context.say(`round ${round + 1} of ${rounds} of the calls alone`);
      for (const variant of ['off', 'metrics', 'unsampled']) taken[variant].push(await ask(variant));
      taken.sampled.push(await ask('sampled', SAMPLED_REQUESTS));
    }
    const us = (variant) => taken[variant].map((round) => round.us);
    const baseline = { label: 'telemetry off', unit: 'us', rounds: us('off') };
    const added = (label, variant, target) =>
      figure({
        label,
        unit: 'us',
        rounds: us(variant).map((value, round) => value - us('off')[round]),
        target,
        baseline,
      });
    const { exported, dropped } = taken.sampled.at(-1);
    return {
      groups: [
        {
          title: 'Added to a request by the calls themselves, CPU',
          figures: [
            added('metrics', 'metrics'),
            added('metrics, trace not kept', 'unsampled', atMost(MOST_US)),
            added('metrics, trace kept and exported', 'sampled'),
          ],
        },
        ...(await onThePlatform(context, collector.url)),
      ],
      notes: [
        `Of ${SAMPLED_REQUESTS} requests that are traced ${exported} spans were exported in the last round, ${dropped} dropped.`,
      ],
    };
  },
};

/** Three platforms beside each other, asked in turns. */
async function onThePlatform(context, url) {
  const repository = `${context.folder}/models`;
  const model = await identity(repository);
  const request = { model: model.name, inputs: model.inputs };
  const ways = [];
  for (const [label, environment] of Object.entries(WAYS)) {
    const platform = await context.platform({ repositories: [repository], environment: environment(url) });
    const load = await context.load(platform);
    await load.probe(request, 'tensors over native gRPC');
    await load.run(request, { inFlight: 8, forMs: context.ms(3_000, 1_000) });
    ways.push({ label, platform, load, perSecond: [], cpuMs: [] });
  }
  const rounds = context.rounds(5, 3);
  for (let round = 0; round < rounds; round += 1) {
    context.say(`round ${round + 1} of ${rounds} of the platform`);
    for (const { platform, load, perSecond, cpuMs } of ways) {
      const before = cpuByRole(platform.pid);
      const result = await load.run(request, { inFlight: 8, forMs: context.ms(2_000, 1_000) });
      cpuMs.push(allMs(cpuPerRequest(before, cpuByRole(platform.pid), result.done)));
      perSecond.push(result.perSecond);
    }
  }
  const [off, ...others] = ways;
  return [
    {
      title: 'Requests a second, of those without traces',
      figures: others.map(({ label, perSecond }) =>
        ratio({
          label,
          measured: { unit: '1/s', rounds: perSecond },
          baseline: { label: off.label, unit: '1/s', rounds: off.perSecond },
        }),
      ),
    },
    {
      title: 'CPU of all processes a request',
      figures: others.map(({ label, cpuMs }) =>
        figure({
          label,
          unit: 'ms',
          rounds: cpuMs,
          baseline: { label: off.label, unit: 'ms', rounds: off.cpuMs },
        }),
      ),
    },
  ];
}
