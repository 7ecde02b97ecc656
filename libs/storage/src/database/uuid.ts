/** A UUID as PostgreSQL writes one, or takes one: in either case of letters. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
