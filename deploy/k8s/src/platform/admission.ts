import type { Fields, Manifest } from '../manifest';
import { NAMESPACE, POOL_LABEL } from '../names';
import { BALLOON_LABEL } from '../pools/balloon';
import { PRIORITY } from '../priorities';

const NAME = 'medserve-accelerated-pods';

const TAKES_ACCELERATOR = `(object.spec.containers + object.spec.?initContainers.orValue([])).exists(c,
  c.?resources.?limits.orValue({}).exists(name, name.startsWith('nvidia.com/')))`;

const rule = (expression: string, message: string): Fields => ({ expression, message, reason: 'Invalid' });

/** What a pod has to say of itself before it may hold a GPU: who waits for it, and how it starts and ends. */
export const admission = (): readonly Manifest[] => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      matchConditions: [
        { name: 'takes-an-accelerator', expression: TAKES_ACCELERATOR },
        {
          name: 'serves-somebody',
          // A label alone lets nobody past: with this class a pod gives way to all others.
          expression: `!('${BALLOON_LABEL}' in object.metadata.?labels.orValue({}) &&
  object.spec.?priorityClassName.orValue('') == '${PRIORITY.balloon}')`,
        },
      ],
      validations: [
        rule(
          `'${POOL_LABEL}' in object.metadata.?labels.orValue({})`,
          `a pod with an accelerator has the label ${POOL_LABEL}: routers and policies know it by that`,
        ),
        rule(
          'object.spec.?terminationGracePeriodSeconds.orValue(30) >= 45',
          'a pod with an accelerator has at least 45 s to end: settle, drain and 15 s',
        ),
        rule(
          "object.spec.?priorityClassName.orValue('').startsWith('medserve-')",
          'a pod with an accelerator has a priority class of MedServe',
        ),
        rule(
          'object.spec.containers.all(c, has(c.startupProbe) && has(c.readinessProbe) && has(c.livenessProbe))',
          'the containers of a pod with an accelerator have startup, readiness and liveness probes',
        ),
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: {
      policyName: NAME,
      validationActions: ['Deny', 'Audit'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } } },
    },
  },
];
