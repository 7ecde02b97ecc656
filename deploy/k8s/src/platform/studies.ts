import type { Fields, Manifest } from '../manifest';
import { labelsOf, NAMESPACE } from '../names';
import { PATHS, type Files } from './files';

const CLAIM = 'studies';
const HOSPITAL = 'medserve-hospital';

/** Where results go. Each site writes its own in an overlay; none is the state in which nothing leaves. */
const DESTINATIONS = `# docs/destinations.md has every kind. For example:
# - { name: pacs, kind: dicom, aet: ARCHIVE, host: pacs.hospital.example, port: 11112 }
[]
`;

/** Received studies and results: one folder for all gateways, since any of them may take up what another received. */
const claim = (): Manifest => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: CLAIM, namespace: NAMESPACE, labels: labelsOf('dicom-node') },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '500Gi' } } },
});

const hospital = (): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: HOSPITAL, namespace: NAMESPACE, labels: labelsOf('dicom-node') },
  data: { 'destinations.yaml': DESTINATIONS },
});

export const studies = (): readonly Manifest[] => [claim(), hospital()];

export const STUDIES: Files = {
  mounts: [
    { name: 'studies', mountPath: PATHS.studies },
    { name: 'hospital', mountPath: PATHS.hospital, readOnly: true },
  ],
  volumes: [
    { name: 'studies', persistentVolumeClaim: { claimName: CLAIM } },
    { name: 'hospital', configMap: { name: HOSPITAL } },
  ],
};

export const STUDIES_ENVIRONMENT = {
  MEDSERVE_STUDIES_DIR: PATHS.studies,
  MEDSERVE_DESTINATIONS: `file:${PATHS.hospital}/destinations.yaml`,
  // Those of the image; a site that has its own mounts them and names their folder.
  MEDSERVE_ROUTES: '/app/routes',
} as const;

/**
 * The systems of the hospital to which results go, by the ports that DICOM, HL7 and HTTPS have there. An overlay narrows the
 * addresses to those that the site has.
 */
export const DESTINATIONS_EGRESS: readonly Fields[] = [
  {
    to: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    ports: [104, 11_112, 2_762, 2_575, 443].map((port) => ({ port, protocol: 'TCP' })),
  },
];
