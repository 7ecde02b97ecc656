import { getCompileCacheDir } from 'node:module';
import { watchCertificate, type Service } from '@medserve/runtime';
import { z } from 'zod';
import { countAdmission } from './admission-metrics';
import { countHostEvent } from './host-metrics';
import { startInferencePod } from './pod/start-inference-pod';

const LEAST_MEMORY_BYTES = 256 * 2 ** 20;

/** Listening there is listening everywhere; nobody can be sent there. */
const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

const settings = z
  .object({
    MEDSERVE_POD_HOST: z.string().default('127.0.0.1'),
    MEDSERVE_POD_PORT: z.coerce.number().int().min(0).max(65_535).default(8083),
    /** The address at which routers reach this pod and its hosts, without a port, such as the IP of a pod of Kubernetes. */
    MEDSERVE_POD_ADDRESS: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/, 'has to be an address without a port')
      .optional(),
    /** `FROM-TO`: the ports that model hosts take; absent: any free ones. */
    MEDSERVE_HOST_PORTS: z
      .string()
      .regex(/^\d{1,5}-\d{1,5}$/, 'has to be FROM-TO')
      .transform((text) => {
        const [from = 0, to = 0] = text.split('-').map(Number);
        return { from, to };
      })
      .refine(({ from, to }) => from >= 1 && from <= to && to <= 65_535, 'has to be FROM-TO, ports from 1 to 65535')
      .optional(),
    MEDSERVE_TLS_DIR: z.string().optional(),
    /** Folders of model packages, as a JSON array. */
    MEDSERVE_REPOSITORIES: z.string().transform((text, context) => {
      try {
        return z.array(z.string().min(1)).min(1).parse(JSON.parse(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'has to be a JSON array of folders' });
        return z.NEVER;
      }
    }),
    /** The trust file: who may put models into service. Absent: anybody who may write to a repository. */
    MEDSERVE_MODEL_TRUST: z.string().min(1).optional(),
    /** The file that says where the servers of pools are, for packages that name one. */
    MEDSERVE_POOLS_FILE: z.string().min(1).optional(),
    /** Folder for copies of models that serve on when a repository is gone. */
    MEDSERVE_MODEL_CACHE: z.string().min(1).optional(),
    MEDSERVE_MODEL_CACHE_BYTES: z.coerce.number().int().min(1).optional(),
    /** Memory that all loaded models together may take, in bytes; absent: six tenths of what there is. */
    MEDSERVE_POD_MEMORY: z.coerce.number().int().min(LEAST_MEMORY_BYTES).optional(),
    /** Memory that one model host may take, in bytes; absent: 4 GiB. */
    MEDSERVE_HOST_MEMORY: z.coerce.number().int().min(LEAST_MEMORY_BYTES).optional(),
    /** Where Node keeps compiled code, of the hosts too; absent: theirs ends with the pod. */
    NODE_COMPILE_CACHE: z.string().optional(),
    /** Names of models that are loaded at the start and stay loaded, with commas between them. */
    MEDSERVE_KEEP_WARM: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== ''),
      ),
  })
  .refine(({ MEDSERVE_POD_HOST: host, MEDSERVE_POD_ADDRESS: address }) => !isWildcard(host) || address !== undefined, {
    path: ['MEDSERVE_POD_ADDRESS'],
    message: 'has to be given where MEDSERVE_POD_HOST is every address: routers are told where to send requests',
  });

export const inferenceService: Service<z.output<typeof settings>> = {
  name: 'inference',
  settings,
  async start(values, { logger, instruments, drainMs }) {
    const pod = await startInferencePod({
      listen: { host: values.MEDSERVE_POD_HOST, port: values.MEDSERVE_POD_PORT },
      hostPorts: values.MEDSERVE_HOST_PORTS,
      reachedAt: values.MEDSERVE_POD_ADDRESS,
      drainMs,
      // Only where this process could write there itself: a host that cannot would compile all of its code at each start.
      codeCache: getCompileCacheDir() === undefined ? undefined : values.NODE_COMPILE_CACHE,
      tlsDirectory: values.MEDSERVE_TLS_DIR,
      certificateObserver: watchCertificate('service', { logger, instruments }),
      repositories: values.MEDSERVE_REPOSITORIES,
      ...(values.MEDSERVE_POD_MEMORY === undefined ? {} : { maxResidentBytes: values.MEDSERVE_POD_MEMORY }),
      ...(values.MEDSERVE_HOST_MEMORY === undefined ? {} : { maxHostBytes: values.MEDSERVE_HOST_MEMORY }),
      trustFile: values.MEDSERVE_MODEL_TRUST,
      poolsFile: values.MEDSERVE_POOLS_FILE,
      copiesFolder: values.MEDSERVE_MODEL_CACHE,
      maxCopiesBytes: values.MEDSERVE_MODEL_CACHE_BYTES,
      onAdmission: (event) => {
        countAdmission(event, instruments);
      },
      keepWarm: values.MEDSERVE_KEEP_WARM,
      logger,
      onHostEvent: (event) => {
        countHostEvent(event, instruments);
      },
    });
    return {
      addresses: { pod: pod.address },
      missing: () => Promise.resolve(pod.missing()),
      leave: () => {
        pod.leave();
      },
      close: () => pod.close(),
    };
  },
};
