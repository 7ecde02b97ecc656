import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/platform';
import { Cluster, type Answer, type Resource } from './support/cluster';
import { describeCluster } from './support/describe-cluster';
import { documentsOf, ground, NAMESPACE, OVERLAYS, RENDERED, rendered } from './support/manifests';

const PODS = `/api/v1/namespaces/${NAMESPACE}/pods?dryRun=All&fieldValidation=Strict`;
const OVERLAY_NAMES = readdirSync(OVERLAYS).sort();
const POOL_FILES = ['cpu', 'gpu'].flatMap((kind) =>
  readdirSync(join(RENDERED, 'pools', kind))
    .filter((name) => name.startsWith('pool-'))
    .map((name) => join(kind, name)),
);

interface Deployment extends Resource {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: Readonly<Record<string, unknown>> } };
}

const deploymentOf = (...path: readonly string[]): Deployment => {
  const found = rendered(...path).find(
    ({ kind, metadata }) => kind === 'Deployment' && !metadata.name.startsWith('balloon-'),
  );
  if (found === undefined) throw new Error(`no Deployment in ${path.join('/')}`);
  return found as Deployment;
};

/** The pod that a Deployment would make, with some of its fields changed. */
const podOf = ({ metadata, spec: { template } }: Deployment, change: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...template.metadata, name: metadata.name, namespace: NAMESPACE },
  spec: { ...template.spec, ...change },
});

const messageOf = ({ body }: Answer): string => (body as { message?: string }).message ?? '';

describeCluster('the manifests and a real API', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = new Cluster();
    await cluster.apply(...ground(), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'monitoring' } });
    for (const file of POOL_FILES)
      await cluster.apply(...rendered('pools', file).filter(({ kind }) => kind === 'ServiceAccount'));
  }, 120_000);

  afterAll(() => {
    cluster.close();
  });

  it.each(OVERLAY_NAMES)(
    'are taken, every field of them known: overlay %s',
    async (name) => {
      const text = await cluster.kubectl(['kustomize', join(OVERLAYS, name)]);
      const documents = documentsOf(text);
      await cluster.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], text);
      process.stdout.write(`overlay ${name}: ${String(documents.length)} objects\n`);
    },
    300_000,
  );

  it.each(['monitoring', 'routes', 'secrets', 'database'])(
    'are taken, every field of them known: %s',
    async (name) => {
      const text = await cluster.kubectl(['kustomize', join(RENDERED, name)]);
      await cluster.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], text);
    },
    300_000,
  );

  it('are refused with a field that nobody knows', async () => {
    const [object] = rendered('pools', 'cpu', 'pool-texts.yaml').filter(({ kind }) => kind === 'ScaledObject');
    const text = JSON.stringify({ ...object, spec: { ...(object as unknown as { spec: object }).spec, coolDown: 1 } });
    await expect(cluster.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], text)).rejects.toThrow(
      'unknown field "spec.coolDown"',
    );
  });

  it.each(POOL_FILES)('have pods that Pod Security and the admission policy let in: %s', async (file) => {
    const answer = await cluster.ask('POST', PODS, podOf(deploymentOf('pools', file)));
    expect([answer.status, messageOf(answer)]).toEqual([201, '']);
  });

  it.each([
    ['less time to end than it drains', { terminationGracePeriodSeconds: 30 }, 'at least 45 s'],
    ['no priority', { priorityClassName: undefined }, 'priority class of MedServe'],
  ])('have a policy that refuses a pod with a GPU and %s', async (_, change, reason) => {
    const pod = podOf(deploymentOf('pools', 'gpu', 'pool-reports.yaml'), change);
    // A policy is in force a moment after it is made.
    await until('the pod is refused', async () => (await cluster.ask('POST', PODS, pod)).status !== 201);
    const answer = await cluster.ask('POST', PODS, pod);
    expect(answer.status).toBe(422);
    expect(messageOf(answer)).toContain(reason);
  });

  it('have a namespace in which a pod may not be root', async () => {
    const pod = podOf(deploymentOf('pools', 'cpu', 'pool-texts.yaml'), { securityContext: { runAsUser: 0 } });
    const answer = await cluster.ask('POST', PODS, pod);
    expect(answer.status).toBe(403);
    expect(messageOf(answer)).toContain('violates PodSecurity "restricted:');
  });

  describe('who may do what', () => {
    const can = async (
      user: string,
      verb: string,
      resource: string,
      group = '',
      subresource = '',
    ): Promise<boolean> => {
      const resourceAttributes = { namespace: NAMESPACE, verb, resource, group, subresource };
      const groups = ['system:serviceaccounts', 'system:authenticated'];
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' };
      const { body } = await cluster.ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        ...review,
        spec: { user, groups, resourceAttributes },
      });
      return (body as { status: { allowed: boolean } }).status.allowed;
    };
    const accountsOf = (): string[] =>
      [
        ...readdirSync(join(RENDERED, 'platform'))
          .filter((name) => name !== 'kustomization.yaml')
          .flatMap((name) => rendered('platform', name)),
        ...POOL_FILES.flatMap((file) => rendered('pools', file)),
      ].flatMap(({ kind, metadata: { name } }) => (kind === 'ServiceAccount' ? [name] : []));

    it('gives no account of the platform anything', async () => {
      const accounts = accountsOf();
      expect(accounts.length).toBeGreaterThan(8);
      for (const account of accounts) {
        const user = `system:serviceaccount:${NAMESPACE}:${account}`;
        const answers = await Promise.all([
          can(user, 'get', 'secrets'),
          can(user, 'list', 'pods'),
          can(user, 'create', 'pods', '', 'exec'),
          can(user, 'update', 'deployments', 'apps', 'scale'),
          can(user, 'patch', 'scaledobjects', 'keda.sh'),
        ]);
        expect([account, ...answers]).toEqual([account, false, false, false, false, false]);
      }
    }, 60_000);

    it('lets KEDA scale, and neither make pods nor delete what it scales', async () => {
      const keda = 'system:serviceaccount:keda:keda-operator';
      expect(await can(keda, 'update', 'deployments', 'apps', 'scale')).toBe(true);
      expect(await can(keda, 'create', 'horizontalpodautoscalers', 'autoscaling')).toBe(true);
      expect(await can(keda, 'create', 'pods')).toBe(false);
      expect(await can(keda, 'delete', 'deployments', 'apps')).toBe(false);
    });
  });
});
