import { lognormal, randomOf, uniform } from './random.mjs';

/*
 * What lies between an order and a replica that serves, in seconds. Sources are those of the project's reference on autoscaling:
 * the GPU delay of the Cluster Autoscaler (autoscaler#9126), nodes whose pods ran 4 to 6 minutes after scale-up (autoscaler#3464), a
 * 10 GB image that took over 5 minutes (karpenter-provider-aws#7414), vLLM's first answer after 59 s (vllm#20264), 91 s of
 * engine start (runai-model-streamer#67) and 277 s (vllm#44881), ONNX encoders in 1 to 5 s.
 */
export const STAGES = {
  orderS: [0.2, 0.5],
  bindS: [0.5, 1.5],
  autoscalerS: 30,
  nodeS: [120, 360],
  pullS: [20, 300],
  /** Share of nodes in use whose disk has the image already; a new node never has. */
  imageIsThere: 0.85,
  loadS: {
    cpu: { median: 1.5, sigma: 0.3 },
    encoder: { median: 4, sigma: 0.4 },
    generative: { median: 90, sigma: 0.45 },
  },
};

/** Of a replica on a node that is there. */
export function startS(kind, isNewNode, ...seed) {
  const random = randomOf(...seed);
  const { median, sigma } = STAGES.loadS[kind];
  const pulls = isNewNode || random() > STAGES.imageIsThere;
  return (
    uniform(random, ...STAGES.orderS) +
    uniform(random, ...STAGES.bindS) +
    (pulls ? uniform(random, ...STAGES.pullS) : 0) +
    lognormal(random, median, sigma)
  );
}

/** Of a node, until pods run on it. */
export const nodeS = (...seed) => STAGES.autoscalerS + uniform(randomOf(...seed), ...STAGES.nodeS);
