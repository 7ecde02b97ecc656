import { samplesOf } from './prometheus-text';
import type { ReplicaLoad } from './replica';

/* What servers call the same thing: vLLM (two generations of it), SGLang, llama.cpp. */
const RUNNING = ['vllm:num_requests_running', 'sglang:num_running_reqs', 'llamacpp:requests_processing'];
const WAITING = ['vllm:num_requests_waiting', 'sglang:num_queue_reqs', 'llamacpp:requests_deferred'];
const CACHE = [
  'vllm:kv_cache_usage_perc',
  'vllm:gpu_cache_usage_perc',
  'sglang:token_usage',
  'llamacpp:kv_cache_usage_ratio',
];
const WANTED: ReadonlySet<string> = new Set([...RUNNING, ...WAITING, ...CACHE]);

/** How busy a server is, from its metrics; several engines behind one door count together. */
export function loadIn(metrics: string): ReplicaLoad {
  const samples = samplesOf(metrics, WANTED);
  const valuesOf = (names: readonly string[]): readonly number[] =>
    names.map((name) => samples.get(name) ?? []).find((values) => values.length > 0) ?? [];
  const sumOf = (names: readonly string[]): number | undefined => {
    const values = valuesOf(names).filter((value) => value >= 0);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  };
  const usage = valuesOf(CACHE).filter((value) => value >= 0);
  return {
    running: sumOf(RUNNING),
    waiting: sumOf(WAITING),
    cacheUsage: usage.length === 0 ? undefined : Math.min(1, Math.max(...usage)),
  };
}
