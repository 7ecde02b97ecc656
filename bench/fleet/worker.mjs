import { parentPort, workerData } from 'node:worker_threads';
import { POLICIES } from './policies/index.mjs';
import { simulate } from './simulate.mjs';

const beganMs = performance.now();
const { policy: name, ...job } = workerData;
const policy = POLICIES.find((one) => one.name === name);
const result = simulate({ ...job, policy, say: (share) => parentPort.postMessage({ share }) });
const { user, system } = process.threadCpuUsage();
parentPort.postMessage({ result, tookS: (performance.now() - beganMs) / 1_000, cpuS: (user + system) / 1e6 });
