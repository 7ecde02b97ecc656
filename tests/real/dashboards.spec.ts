import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { witnessKey } from '@medserve/ledger';
import { choicesOf, filled, queriesOf, type PanelQuery } from '../../tools/dashboards/queries.mjs';
import { ChatServer } from '../support/chat-pool';
import { needs } from '../support/needs';
import { pause, Platform, ROOT, runMedserve, until } from '../support/platform';
import { findPrometheus, Prometheus, type PrometheusPrograms } from '../support/prometheus';
import { DicomTraffic } from './dicom-traffic';
import { Traffic } from './traffic-of-all-kinds';

const BOARDS = join(ROOT, 'deploy', 'grafana', 'dashboards');
const boards = readdirSync(BOARDS)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(BOARDS, name), 'utf8')) as object);
const queries = boards.flatMap(queriesOf);
const choices = boards.flatMap(choicesOf);

/** What cannot be seen without a cluster, and why. One that can be seen after all fails. */
const UNSEEN: Readonly<Record<string, string>> = {
  'medserve-operations / Questions of KEDA': 'KEDA asks them, and on one machine there is none (tests/k8s has one)',
};

const RANGE = { rangeSeconds: 600, rateInterval: '20s' };
const ANSWERED_WITHIN_MS = 120_000;
const SEEN_WITHIN_MS = 120_000;
const ASKED_BEFORE_AGAIN = 30;
const NOTHING_RUNS_WITHIN_MS = 90_000;
const POOL_MODEL = 'elsewhere';
/** A pool that goes as soon as nobody asks: in a test a night is over in seconds. */
const SHORT_NIGHTS = {
  cooldownSeconds: 6,
  lingerSeconds: 2,
  stableWindowSeconds: 4,
  panicWindowSeconds: 2,
  down: { stabilizationSeconds: 0, replicas: 2, periodSeconds: 1 },
};

/** A model that a server elsewhere runs, which says what its key-value cache is like. */
function writePoolModel(
  folder: string,
  url: string,
  title: string,
): { readonly repository: string; readonly pools: string } {
  const repository = join(folder, 'models');
  const version = join(repository, POOL_MODEL, '1');
  mkdirSync(version, { recursive: true });
  const manifest = {
    format: 'medserve.model/1',
    name: POOL_MODEL,
    version: '1',
    title,
    engine: 'openai',
    serves: ['chat', 'answer'].map((task) => ({ task, modality: 'radiology' })),
    pool: { name: POOL_MODEL, model: 'the-model' },
    generation: {
      contextTokens: 4_096,
      maxAnswerTokens: 16,
      slots: 4,
      image: { tokens: 16, maxImages: 2 },
      prompts: { answer: { template: '{question}', reader: 'answer' } },
    },
    intendedUse: 'Tests.',
    notFor: 'Patients.',
    licence: 'Apache-2.0',
    files: [],
  };
  writeFileSync(join(version, 'model.yaml'), JSON.stringify(manifest));
  const pools = join(folder, 'pools.yaml');
  writeFileSync(pools, JSON.stringify({ pools: { [POOL_MODEL]: { replicas: [url] } } }));
  return { repository, pools };
}

/** A witness that refuses, as one would that knows another log. */
async function startWitness(): Promise<{ readonly server: Server; readonly setting: string }> {
  const server = createServer((_, response) => response.writeHead(500).end());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const key = witnessKey('witness.example/w1', generateKeyPairSync('ed25519').privateKey);
  return { server, setting: `${key} http://127.0.0.1:${String(port)}` };
}

let programs: PrometheusPrograms;

needs('Prometheus', () => {
  programs = findPrometheus();
})('the dashboards, over a real Prometheus and a platform at work', () => {
  let folder: string;
  let platform: Platform;
  let prometheus: Prometheus;
  let chat: ChatServer;
  let witness: Server;
  let dicom: DicomTraffic;
  let beganMs: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'medserve-dashboards-'));
    chat = await ChatServer.start({ metrics: 'vllm:kv_cache_usage_perc 0.25\nvllm:num_requests_running 1\n' });
    const refusing = await startWitness();
    witness = refusing.server;
    const { repository, pools } = writePoolModel(folder, chat.url, 'A model elsewhere');
    dicom = await DicomTraffic.start();
    const tls = join(folder, 'tls');
    if ((await runMedserve('certs', 'make', tls)).status !== 0) throw new Error('no certificates could be made');
    platform = await Platform.start({
      shape: 'split',
      pods: '0..2',
      models: [repository],
      options: dicom.options,
      environment: {
        MEDSERVE_POOLS_FILE: pools,
        MEDSERVE_LOCAL_POOL: JSON.stringify(SHORT_NIGHTS),
        MEDSERVE_TLS_DIR: tls,
        MEDSERVE_LEDGER_WITNESSES: refusing.setting,
        MEDSERVE_MONITOR_REFERENCE: '20',
        MEDSERVE_MONITOR_WINDOW: '30',
        MEDSERVE_MONITOR_LEAST: '20',
        MEDSERVE_MONITOR_LOOK_MS: '500',
      },
    });
    beganMs = Date.now();
    prometheus = await Prometheus.start(programs.prometheus, {
      folder,
      rules: join(ROOT, 'deploy', 'prometheus', 'rules', '*.yaml'),
      targets: [new URL(platform.ready.url).host],
    });
    const traffic = new Traffic(platform.ready, POOL_MODEL);
    await nothingRuns();
    await traffic.round();
    await dicom.round(platform.ready);
    await traffic.exhaustedQuota();
    await seenWhileAsked('medserve_model_host_replacements_total', traffic, async (attempt) => {
      writePoolModel(folder, chat.url, `The same model, described anew: ${String(attempt)}`);
      await traffic.reload();
    });
    await seenWhileAsked('medserve_model_host_deaths_total', traffic, () => {
      traffic.killHosts();
    });
    await traffic.manyImages(60);
    await nothingRuns();
    await traffic.round();
    await dicom.round(platform.ready);
    const givesUpAt = Date.now() + ANSWERED_WITHIN_MS;
    // What begins and ends between two looks of Prometheus is no rate: somebody goes on asking.
    while (Date.now() < givesUpAt && (await unanswered()).length > 0) {
      await traffic.writing();
      await pause(500);
    }
  }, 600_000);
  afterAll(async () => {
    await prometheus.stop();
    await platform.remove();
    await chat.stop();
    await dicom.stop();
    witness.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /**
   * Has Prometheus see a metric of a pod: what makes it grow is done, and while somebody asks, the pod stays. One that was
   * leaving meanwhile takes its counters along, so that it is done again where nothing was seen of it.
   */
  const seenWhileAsked = (
    metric: string,
    traffic: Traffic,
    cause: (attempt: number) => void | Promise<void>,
  ): Promise<void> => {
    let attempt = 0;
    return until(
      `Prometheus to have seen ${metric}`,
      async () => {
        await cause((attempt += 1));
        for (let asked = 0; asked < ASKED_BEFORE_AGAIN && !(await seen(metric)); asked += 1)
          await traffic.manyImages(1);
        return seen(metric);
      },
      SEEN_WITHIN_MS,
    );
  };

  /** The pool has gone to nothing: the next request finds it cold. */
  const nothingRuns = (): Promise<void> =>
    until(
      'the pool to be without replicas',
      async () => {
        const [ready] = await prometheus.now('sum(medserve_pool_replicas{state!="draining"})');
        return ready?.values.at(-1)?.[1] === '0';
      },
      NOTHING_RUNS_WITHIN_MS,
    );

  /** Whether a query has answered with a number at some time since the beginning: no series is nothing, and so is a division by zero. */
  async function seen(expr: string): Promise<boolean> {
    const series = await prometheus.since(beganMs, filled(expr, RANGE));
    return series.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))));
  }

  async function unanswered(): Promise<readonly PanelQuery[]> {
    const missing: PanelQuery[] = [];
    for (const query of queries) if (!(query.panel in UNSEEN) && !(await seen(query.expr))) missing.push(query);
    return missing;
  }

  it('ask rules that Prometheus evaluates without an error', async () => {
    expect(await prometheus.rulesThatFail()).toEqual([]);
  });

  it.each(queries.filter(({ panel }) => !(panel in UNSEEN)).map((query) => [query.panel, query.refId, query] as const))(
    'show something: %s (%s)',
    async (_, __, query) => {
      expect({ asked: filled(query.expr, RANGE), answers: await seen(query.expr) }).toMatchObject({ answers: true });
    },
  );

  it.each(Object.entries(UNSEEN))('show nothing without a cluster: %s, as %s', async (name) => {
    const hidden = queries.filter(({ panel }) => panel === name);
    expect(hidden.length).toBeGreaterThan(0);
    for (const query of hidden) expect(await seen(query.expr)).toBe(false);
  });

  it.each(choices.map(({ name, metric, label }) => [name, metric, label] as const))(
    'have something to choose from: %s of %s',
    async (_, metric, label) => {
      const series = await prometheus.since(beganMs, `count by (${label}) (${metric})`);
      expect(series.map(({ metric: labels }) => labels[label] ?? '').filter((value) => value !== '')).not.toEqual([]);
    },
  );
});
