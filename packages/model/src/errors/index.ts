// The one error class and the table of its codes.
// Never holds HTTP statuses, exit codes or Neutron's error types: those belong to the edges that speak them.
export { ERROR_CODES, ERROR_TABLE, type ErrorCode, type ErrorEntry } from './error-table.ts';
export { type ErrorDetails, errorOfTold, isSriovError, SriovError, toSriovError } from './sriov-error.ts';
