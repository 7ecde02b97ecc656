import { documentsOf, problemsOf } from './documents.mjs';
import { problemsOfCompose } from './compose.mjs';

const deployment = (spec: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: router, namespace: medserve }
spec:
  selector: { matchLabels: { app: router } }
  template:
    metadata: { labels: { app: router } }
    spec:
      containers:
        - name: router
          image: medserve
${spec}`;

const scaled = (spec: string): string => `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: pool }
spec: { scaleTargetRef: { name: pool }, triggers: [{ type: external-push, metadata: { pool: x } }], ${spec} }`;

const problems = (text: string): string[] => documentsOf(text).flatMap(problemsOf);

describe('a manifest', () => {
  it.each([
    [
      'with quantities as text and as numbers',
      deployment('          resources: { limits: { cpu: 2, memory: 4Gi, nvidia.com/gpu: "1" } }'),
    ],
    ['with a port by number', deployment('          readinessProbe: { httpGet: { path: /readyz, port: 9090 } }')],
    ['with a port by name', deployment('          readinessProbe: { httpGet: { path: /readyz, port: probes } }')],
    ['of a custom resource', scaled('cooldownPeriod: 300')],
  ])('passes %s', (_how, text) => {
    expect(problems(text)).toEqual([]);
  });

  it.each([
    [
      'a misspelt field',
      deployment('          livenessProb: {}'),
      'Deployment router.spec.template.spec.containers[0].livenessProb: there is no such field',
    ],
    ['a field of the wrong type', deployment('          stdin: "yes"'), 'has to be boolean, and is string'],
    ['a text where a list belongs', deployment('          command: node'), 'has to be array, and is string'],
    [
      'a size that is none',
      deployment('          resources: { limits: { memory: 4Gigs } }'),
      'has to be a quantity such as 500m or 4Gi',
    ],
    [
      'a port that is neither a number nor a name',
      deployment('          readinessProbe: { httpGet: { port: true } }'),
      'has to be an integer or a string',
    ],
    ['what is missing', deployment('').replace('name: router\n          ', ''), 'containers[0]: name is missing'],
    [
      'a misspelt field of a custom resource',
      scaled('cooldownPeriods: 300'),
      'ScaledObject pool.spec.cooldownPeriods: there is no such field',
    ],
    [
      'a value out of its choices',
      scaled('fallback: { failureThreshold: 3, replicas: 1, behavior: ifHigher }'),
      'has to be one of static, currentReplicas',
    ],
    [
      'a label that is no text',
      deployment('').replace('{ app: router } }\n    spec', '{ app: 1 } }\n    spec'),
      'labels.app: has to be string, and is number',
    ],
    [
      'a kind of which nothing is known',
      'apiVersion: v1\nkind: Pods\nmetadata: { name: x }',
      'v1 Pods is not in tools/manifests/kinds.mjs',
    ],
  ])('is refused for %s', (_what, text, words) => {
    expect(problems(text)).toEqual([expect.stringContaining(words)]);
  });

  it('is refused when a key stands twice: only the last one would count', () => {
    expect(() => documentsOf('kind: Pod\nkind: Service\n')).toThrow(/unique/);
  });
});

describe('a file of Compose', () => {
  it.each([
    [
      'a misspelt field',
      'services: { a: { image: x, read_onli: true } }',
      'compose.services.a.read_onli: there is no such field',
    ],
    [
      'a network that is no object',
      'services: { a: { image: x } }\nnetworks: { inside: yes please }',
      'compose.networks.inside',
    ],
  ])('is refused for %s', (_what, text, words) => {
    expect(problemsOfCompose(text)).toEqual([expect.stringContaining(words)]);
  });

  it('passes with merges, alternatives and fields of its own', () => {
    const text =
      'x-a: &a { image: x, init: true }\nservices: { a: { <<: *a, command: [node], ports: ["8080:8080"], env_file: [{ path: e }] } }';
    expect(problemsOfCompose(text)).toEqual([]);
  });
});
