import { takeClaim, releaseClaim } from '../../store/index.ts';
import type { WriteCall } from '../framework/index.ts';
import { conflict, NeutronError } from '../wire/neutron-error.ts';

const PICKS = 16;

const spaceOf = (networkId: string): string => `mac/${networkId}`;

/** Takes the MAC that is asked for, or a new one. Within a network each is there once. @throws {NeutronError} */
export async function takeMac(
  call: WriteCall,
  networkId: string,
  portId: string,
  asked: string | null,
): Promise<string> {
  if (asked !== null) {
    if (await takeClaim(call.write, spaceOf(networkId), asked, portId)) return asked;
    throw conflict(
      'MacAddressInUse',
      `Unable to complete operation for network ${networkId}. The mac address ${asked} is in use.`,
    );
  }
  for (let pick = 0; pick < PICKS; pick += 1) {
    const tail = [...call.settings.random(3)].map((byte) => byte.toString(16).padStart(2, '0'));
    const mac = [call.settings.baseMac, ...tail].join(':');
    if (await takeClaim(call.write, spaceOf(networkId), mac, portId)) return mac;
  }
  throw new NeutronError(
    503,
    'MacAddressGenerationFailure',
    `Unable to generate unique mac on network ${networkId}.`,
  );
}

export async function releaseMac(
  call: WriteCall,
  networkId: string,
  portId: string,
  mac: string,
): Promise<void> {
  await releaseClaim(call.write, spaceOf(networkId), mac, portId);
}
