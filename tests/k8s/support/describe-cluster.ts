import { needs } from '../../support/needs';

/** `describe` under `npm run test:k8s` where Go has built a control plane; otherwise skipped, with the reason in its name. */
export const describeCluster = needs('a Kubernetes API', () => {
  if ((process.env['MEDSERVE_TEST_KUBECONFIG'] ?? '') === '')
    throw new Error('npm run test:k8s starts one, where Go 1.26 is installed');
});
