// The controller: what agents report, kept and served; later what users want of the fleet.
// Never touches a host itself, and has no state but its store's: any number of controllers may run.
export * from './auth/index.ts';
export { Controller, type ControllerOptions, type ControllerSettings, USUAL_SETTINGS } from './controller.ts';
export * from './http/index.ts';
export * from './store/index.ts';
