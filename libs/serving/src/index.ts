export { admit, type Admission, type AdmissionLimits, type Load } from './admission';
export { CLASSES, ClassQueue, type Class } from './class-queue';
export { judgeHost, type HostReport, type HostRules, type HostVerdict } from './judge-host';
export { pickReplica, type Replica } from './pick-replica';
export { resolveModel, taskOf, type Resolution, type ServedModel, type ServedTask, type Wanted } from './resolve-model';
