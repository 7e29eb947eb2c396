import { SriovError } from '@virtfn/model';
import { NeutronError } from './wire/index.ts';

/** Does what may be refused in Neutron's words, for those who are answered in ours. @throws {SriovError} API_REFUSED */
export async function inOurWords<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NeutronError)) throw error;
    throw new SriovError('API_REFUSED', `Cannot change the port: ${error.message}`, { cause: error });
  }
}
