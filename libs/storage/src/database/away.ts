import { ServingError } from '@medserve/errors';
import { DatabaseError } from 'pg';

/**
 * SQLSTATE (PostgreSQL manual, appendix A) of a database that cannot serve for the moment. By class: connection lost, resources
 * used up, stopped by an operator or by a limit of the session, trouble with its files.
 */
const AWAY_CLASSES = new Set(['08', '53', '57', '58']);
/** A lock not had in time, a transaction that stood still, and a conflict that kept coming back. */
const AWAY_CODES = new Set(['55P03', '25P03', '25P04', '40001', '40P01']);

const isAway = (error: unknown): boolean =>
  error instanceof DatabaseError
    ? AWAY_CLASSES.has(error.code?.slice(0, 2) ?? '') || AWAY_CODES.has(error.code ?? '')
    : !(error instanceof ServingError || error instanceof TypeError || error instanceof RangeError);

/** An error of the driver as a caller is told of it: a database that is away is `unavailable`; a mistake of ours stays one. */
export const toldAs = (error: unknown): unknown =>
  isAway(error) ? new ServingError('unavailable', 'The database does not answer.', { cause: error }) : error;
