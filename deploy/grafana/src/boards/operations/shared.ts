/* What the sections of the board select by, and how wide their panels are. */
export const chosen = 'pool=~"$pool", class=~"$class"';
export const durations = `pool_class_le:medserve_pool_request_duration_seconds_bucket:rate5m{${chosen}}`;
export const GLANCE = { width: 4, height: 4 } as const;
export const HALF = { width: 12, height: 8 } as const;
export const THIRD = { width: 8, height: 8 } as const;
