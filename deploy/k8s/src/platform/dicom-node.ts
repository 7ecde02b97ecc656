import { serviceContainer } from '../container';
import type { Fields, Manifest } from '../manifest';
import { labelsOf, NAMESPACE, PORTS, selectorOf } from '../names';
import { networkPolicy } from '../network';
import { PRIORITY } from '../priorities';
import { deployment, disruptionBudget, serviceAccount } from '../workload';
import { PATHS, secretFiles, sized, together } from './files';
import { GATEWAY_EGRESS, GATEWAY_ENVIRONMENT, GATEWAY_FILES } from './gateway';

const NAME = 'dicom-node';

/** A modality sends a series over one association: it may end what it has begun. */
const DRAIN = { settleMs: 5_000, drainMs: 120_000 };

const files = together(GATEWAY_FILES, secretFiles('dimse', PATHS.dimse, 'tls-dimse'));

/** The modalities and archives of the hospital, by the networks that they are in; an overlay says which. */
const HOSPITAL: Fields = {
  from: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
  ports: [PORTS.dimse, PORTS.dimseTls].map((port) => ({ port, protocol: 'TCP' })),
};

/**
 * What modalities and archives send to: one address in the hospital's network. Traffic stays on the node where it arrives, so that
 * the node sees who calls.
 */
const address = (): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: NAME, namespace: NAMESPACE, labels: labelsOf(NAME) },
  spec: {
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    selector: selectorOf(NAME),
    ports: [
      { name: 'dimse', port: PORTS.dimse, targetPort: 'dimse' },
      { name: 'dimse-tls', port: PORTS.dimseTls, targetPort: 'dimse-tls' },
    ],
  },
});

/** Gateways that DICOM nodes speak to. They are apart from those of HTTP, so that a burst of slices delays no request. */
export const dicomNode = (): readonly Manifest[] => [
  serviceAccount(NAME),
  address(),
  networkPolicy(NAME, { ingress: [HOSPITAL], egress: GATEWAY_EGRESS }),
  deployment({
    name: NAME,
    replicas: 2,
    drain: DRAIN,
    priorityClass: PRIORITY.platform,
    containers: [
      serviceContainer({
        app: 'gateway',
        drain: DRAIN,
        startupMs: 120_000,
        ports: { dimse: PORTS.dimse, 'dimse-tls': PORTS.dimseTls },
        resources: sized('1', '6Gi'),
        heapMb: 2_048,
        mounts: files.mounts,
        environment: {
          ...GATEWAY_ENVIRONMENT,
          // Nobody calls them by HTTP: they listen where nobody is.
          MEDSERVE_HTTP_HOST: '127.0.0.1',
          MEDSERVE_DIMSE_HOST: '0.0.0.0',
          MEDSERVE_DIMSE_PORT: String(PORTS.dimse),
          MEDSERVE_DIMSE_TLS_DIR: PATHS.dimse,
          MEDSERVE_DIMSE_TLS_PORT: String(PORTS.dimseTls),
          // Nobody associates until an overlay says who may.
          MEDSERVE_DIMSE_PEERS: '[]',
        },
      }),
    ],
    volumes: files.volumes,
  }),
  disruptionBudget(NAME),
];
