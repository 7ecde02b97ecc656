import fc from 'fast-check';
import { samplesOf } from './prometheus-text';
import { loadIn } from './replica-load';

describe('samplesOf', () => {
  const wanted = new Set(['a:b', 'c']);

  it('reads values with and without labels, time stamps, and label values that hold anything', () => {
    const text = [
      '# HELP a:b something',
      'a:b{x="}",y="a \\" b\\\\"} 1.5 1700000000000',
      'a:b 2e3',
      'a:bc 9',
      'c{} -1',
      'c NaN',
      'c +Inf',
      'c',
      'c{x="unclosed 7',
    ].join('\n');
    expect(samplesOf(text, wanted)).toEqual(
      new Map([
        ['a:b', [1.5, 2000]],
        ['c', [-1]],
      ]),
    );
  });

  it('never fails, and never gives what is no number', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        const samples = samplesOf(`c${one}\n${two}\nc{${two}} ${one}`, wanted);
        for (const values of samples.values()) expect(values.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe('loadIn', () => {
  it('adds up the engines behind one door, and takes the fullest cache', () => {
    const text =
      'vllm:num_requests_running{engine="0"} 3\nvllm:num_requests_running{engine="1"} 4\nvllm:num_requests_waiting 2\n' +
      'vllm:gpu_cache_usage_perc{engine="0"} 0.2\nvllm:gpu_cache_usage_perc{engine="1"} 0.7\n';
    expect(loadIn(text)).toEqual({ running: 7, waiting: 2, cacheUsage: 0.7 });
  });

  it('knows what SGLang and llama.cpp call it', () => {
    expect(loadIn('sglang:num_running_reqs 1\nsglang:num_queue_reqs 2\nsglang:token_usage 0.5\n')).toEqual({
      running: 1,
      waiting: 2,
      cacheUsage: 0.5,
    });
    expect(loadIn('llamacpp:requests_processing 1\nllamacpp:requests_deferred 0\n')).toEqual({
      running: 1,
      waiting: 0,
      cacheUsage: undefined,
    });
  });

  it('knows nothing of a server that tells nothing', () => {
    expect(loadIn('process_cpu_seconds_total 3\n')).toEqual({
      running: undefined,
      waiting: undefined,
      cacheUsage: undefined,
    });
  });
});
