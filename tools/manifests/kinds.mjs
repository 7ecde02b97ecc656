// The kinds that manifests may use. One that is not here is refused, as nothing could be said of its fields.
const of = (apiVersion, ...kinds) => kinds.map((kind) => ({ apiVersion, kind }));

export const KINDS = [
  ...of('v1', 'ConfigMap', 'Namespace', 'PersistentVolumeClaim', 'Secret', 'Service', 'ServiceAccount'),
  ...of('apps/v1', 'Deployment'),
  ...of('batch/v1', 'Job'),
  ...of('policy/v1', 'PodDisruptionBudget'),
  ...of('scheduling.k8s.io/v1', 'PriorityClass'),
  ...of('networking.k8s.io/v1', 'NetworkPolicy'),
  ...of('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'),
  ...of('keda.sh/v1alpha1', 'ScaledObject', 'TriggerAuthentication'),
  ...of('monitoring.coreos.com/v1', 'PodMonitor', 'PrometheusRule'),
  ...of('cert-manager.io/v1', 'Certificate', 'Issuer'),
  ...of('external-secrets.io/v1', 'ExternalSecret'),
  ...of('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', 'Gateway', 'GRPCRoute', 'HTTPRoute'),
  ...of('kafka.strimzi.io/v1', 'Kafka', 'KafkaNodePool', 'KafkaTopic', 'KafkaUser'),
  ...of('postgresql.cnpg.io/v1', 'Cluster'),
];
