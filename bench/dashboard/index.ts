// The dashboard in Debian's Chromium, on a host with a thousand VFs whose controller and agent are a process of their own.
// Must never be a test's: nothing here fails because a machine is slow.
export { Screen, watch } from './screen.ts';
export { WideFleet, type WideVf } from './wide-fleet.ts';
