import canonicalize from 'canonicalize';

/** Equal JSON values have the same text (RFC 8785), in whatever order the members of their objects were written. */
export const canonicalText = (value: unknown): string => canonicalize(value) ?? '';
