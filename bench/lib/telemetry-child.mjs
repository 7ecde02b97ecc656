import rpc from '@medserve/rpc';
import runtime from '@medserve/runtime';

/*
 * The telemetry of one request, as the gateway, the router and the model host make it one after the other, around the coding of its
 * frame: the same calls each time, to instruments and a tracer that are there, or to such as do nothing.
 */

const { createInstruments, startTracing, withSpan, currentSpan } = runtime;
const { encodeRequest, peekFrame, reparent } = rpc;
const [collector] = process.argv.slice(2);

const PHASES = ['decode', 'accept', 'dispatch', 'complete'];
/** Of the request, its phases, the route and its waiting, the host and its parts. */
const SPANS_EACH = 1 + 4 + 2 + 1 + 4;
const HOST_PARTS = ['batch wait', 'preprocess', 'execution', 'read'];
const ABOUT = { task: 'classify', modality: 'radiology', model: 'organ-modality', outcome: 'completed' };
/** Then the exports have their turn, until nothing waits: what is dropped costs less. */
const AT_ONCE = 100;
const NOBODY = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`;
const SOMEBODY = NOBODY.replace(/0$/, '1');

const silent = { inc: () => undefined, set: () => undefined, observe: () => undefined };
const nothing = {
  requests: silent,
  requestSeconds: silent,
  phaseSeconds: silent,
  inFlight: silent,
  routerInFlight: silent,
  routerQueue: silent,
  routerWaitSeconds: silent,
  usageRequests: silent,
  nv: { requestSuccess: silent, count: silent, requestDurationUs: silent, queueDurationUs: silent },
  pools: { waitSeconds: silent, requests: silent, requestSeconds: silent },
};

/** Each says how the calls are answered, and which header the caller sends. */
const VARIANTS = {
  off: () => ({
    instruments: { ...nothing, tracer: createInstruments({ processMetrics: false }).tracer },
    header: NOBODY,
  }),
  metrics: () => ({ instruments: createInstruments({ processMetrics: false }), header: NOBODY }),
  unsampled: () => traced('parentbased_traceidratio', NOBODY),
  sampled: () => traced('always_on', SOMEBODY),
};

async function traced(sampler, header) {
  const instruments = createInstruments({ processMetrics: false });
  const tracing = await startTracing(
    'bench',
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_TRACES_SAMPLER: sampler,
      OTEL_TRACES_SAMPLER_ARG: '0',
      OTEL_BSP_SCHEDULE_DELAY: '1',
      OTEL_BSP_MAX_QUEUE_SIZE: '8192',
    },
    instruments,
  );
  return { instruments, header, close: () => tracing.close() };
}

function oneRequest({ instruments, header }, samples) {
  const startMs = performance.now();
  const span = instruments.tracer.accept(header, startMs);
  const work = () => {
    const own = currentSpan();
    let traceparent;
    for (const phase of PHASES) {
      const beganMs = performance.now();
      const part = own?.open(phase, beganMs);
      if (phase === 'dispatch') traceparent = part?.traceparent;
      const endMs = performance.now();
      instruments.phaseSeconds.observe({ phase }, (endMs - beganMs) / 1_000, own?.traceId);
      part?.end({ endMs });
    }
    const frame = encodeRequest(
      {
        id: '01a2156c-9b9f-7008-90a8-e3672a71c023',
        tenant: 'clinic',
        class: 'routine',
        deadlineMs: 1_000,
        model: { name: 'organ-modality' },
        traceparent,
        input: { kind: 'tensors', tensors: [{ name: 'x', datatype: 'UINT8', shape: [4_096], data: samples }] },
      },
      false,
    ).toBuffer();
    routed(instruments, frame);
    instruments.inFlight.set(1);
    instruments.requests.inc(ABOUT);
    instruments.usageRequests.inc({ tenant: 'clinic', outcome: 'completed' });
    const { task, modality } = ABOUT;
    instruments.requestSeconds.observe({ task, modality }, (performance.now() - startMs) / 1_000, own?.traceId);
    own?.note(ABOUT);
  };
  if (span === undefined) work();
  else withSpan(span, work);
  span?.note({ 'http.route': '/v1/infer', 'http.response.status_code': 200 });
  span?.end();
}

function routed(instruments, frame) {
  const { routing } = peekFrame(frame);
  const startMs = performance.now();
  const span = instruments.tracer.join('route', routing.traceparent, startMs);
  if (span !== undefined) reparent(frame, routing.traceparent, span.context.spanId);
  instruments.routerInFlight.set(1);
  instruments.routerQueue.set({ class: 'routine' }, 0);
  instruments.routerWaitSeconds.observe(0);
  instruments.pools.waitSeconds.observe({ pool: 'organ-modality', class: 'routine' }, 0);
  span?.part('queue wait', startMs, startMs);
  answered(instruments, frame);
  instruments.pools.requests.inc({ pool: 'organ-modality', class: 'routine', outcome: 'answered' });
  instruments.pools.requestSeconds.observe({ pool: 'organ-modality', class: 'routine' }, 0.01);
  span?.end();
}

function answered({ tracer, nv }, frame) {
  const { routing } = peekFrame(frame);
  const startMs = performance.now();
  const span = tracer.join('infer', routing.traceparent, startMs);
  if (span !== undefined) for (const name of HOST_PARTS) span.part(name, startMs, startMs);
  span?.note({ model: 'organ-modality', modelVersion: '1', count: 1 });
  span?.end();
  const of = { model: 'organ-modality', version: '1' };
  nv.requestSuccess.inc(of);
  nv.count.inc(of);
  nv.requestDurationUs.inc(of, 1);
  nv.queueDurationUs.inc(of, 1);
}

const turn = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** How many of the spans that were made wait to be exported. */
function watchExports({ spansExported, spansDropped }) {
  const counts = { exported: 0, dropped: 0 };
  const noted = (counter, name, countOf) => {
    const inc = counter.inc.bind(counter);
    counter.inc = (...args) => {
      counts[name] += countOf(args);
      inc(...args);
    };
  };
  noted(spansExported, 'exported', ([count]) => count);
  noted(spansDropped, 'dropped', ([, count]) => count);
  return counts;
}

/** CPU of this process, exports included, in microseconds a request. */
async function measure(variant, requests) {
  const set = await VARIANTS[variant]();
  const counts = watchExports(set.instruments.traces ?? { spansExported: { inc() {} }, spansDropped: { inc() {} } });
  const made = variant === 'sampled' ? SPANS_EACH : 0;
  const samples = new Uint8Array(4_096);
  const before = process.cpuUsage();
  for (let done = 0; done < requests;) {
    for (let index = 0; index < AT_ONCE; index += 1) oneRequest(set, samples);
    done += AT_ONCE;
    do await turn(1);
    while (counts.exported + counts.dropped < made * done);
  }
  await set.close?.();
  const { user, system } = process.cpuUsage(before);
  return { us: (user + system) / requests, ...counts };
}

process.on('message', ({ variant, requests }) => {
  measure(variant, requests).then((taken) => process.send(taken));
});
process.on('disconnect', () => process.exit(0));
process.send('ready');
