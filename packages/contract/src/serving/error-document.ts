import type { SriovError } from '@virtfn/model';
import type { ErrorDocument } from '../v1/index.ts';

/** An error as every answer of `/virtfn/v1` tells it. @param requestId by which its log has it */
export function documentOfError(
  { code, message, hint, details }: SriovError,
  requestId: string,
): ErrorDocument {
  return { error: { code, message, hint, details: { ...details }, requestId } };
}
