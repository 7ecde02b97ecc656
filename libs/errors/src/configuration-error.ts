/**
 * What operators set, and nobody can go by. Its message is for them, says where it stands and what it has to be, and repeats no value
 * that may be a secret. A process that cannot start for it says it in plain words; the messages of other errors are never written, as
 * they may hold what callers sent.
 */
export class ConfigurationError extends Error {}
