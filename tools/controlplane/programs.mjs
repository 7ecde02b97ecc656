// The programs of the control plane (one file, called by many names) and the resource definitions that its API is given.
import { copyFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../real/cache.mjs';
import { buildGo, moduleFolders } from './go.mjs';
import { keptBuild } from './kept-build.mjs';

const HERE = join(ROOT, 'tools', 'controlplane');
const GO_FILES = ['go.mod', 'go.sum', 'main.go'].map((name) => join(HERE, name));
const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'kwok'];
/* As go.mod has it; without these the API says that it is v0.0.0-master. */
const VERSION = 'k8s.io/component-base/version';
const LINK = { [`${VERSION}.gitVersion`]: 'v1.36.3', [`${VERSION}.gitMajor`]: '1', [`${VERSION}.gitMinor`]: '36' };

/** @returns {Promise<string>} folder with the programs, by their names */
export const ensureControlPlane = (say) =>
  keptBuild({
    name: 'controlplane',
    inputs: GO_FILES,
    async build(folder) {
      await buildGo({ folder: HERE, output: folder, link: LINK, name: 'control plane', say });
      for (const name of NAMES) symlinkSync('controlplane', join(folder, name));
    },
  });

/** Where each module of crds/go.mod keeps its definitions. */
const DEFINITIONS = {
  'github.com/cert-manager/cert-manager': 'deploy/crds',
  'github.com/external-secrets/external-secrets': 'config/crds/bases',
  'github.com/prometheus-operator/prometheus-operator': 'example/prometheus-operator-crd',
  'sigs.k8s.io/gateway-api': 'config/crd/standard',
};

/** @returns {Promise<string>} folder with the definitions of cert-manager, external-secrets, prometheus-operator and the Gateway API */
export const ensureDefinitions = (say) =>
  keptBuild({
    name: 'definitions',
    inputs: ['go.mod', 'go.sum'].map((name) => join(HERE, 'crds', name)),
    async build(folder) {
      say('resource definitions: Go fetches four modules (once) ...');
      const modules = moduleFolders(join(HERE, 'crds'));
      for (const [module, path] of Object.entries(DEFINITIONS)) {
        const from = join(modules.get(module), path);
        for (const name of readdirSync(from).filter((file) => /_.+\.yaml$/.test(file)))
          copyFileSync(join(from, name), join(folder, name));
      }
    },
  });
