/**
 * From the end of a request to the moment when its session is free although its turn was not added: a gateway that lives adds it
 * within a round trip.
 */
const LATE_TURN_S = 10;

/**
 * SQL: whether a session is taken by a request that is still being answered. A request that ended without an answer, or whose gateway
 * died (a recorder notices and abandons it), holds its session no more, long before its lease runs out.
 */
export const BUSY = `(busy_by IS NOT NULL AND busy_until > now() AND NOT EXISTS (
  SELECT FROM request WHERE request.id = chat_session.busy_by AND request.tenant = chat_session.tenant
    AND request.status <> 'accepted'
    AND (request.status <> 'completed' OR request.ended_at < now() - interval '${String(LATE_TURN_S)} s')))`;
