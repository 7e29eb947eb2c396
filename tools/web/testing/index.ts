// What tests of the dashboard share: the whole of it in a browser, and what they ask of every page.
// Must never replace anything of it, nor answer in anybody's place.
export { DashboardRig, skipWithoutChromium } from './dashboard-rig.ts';
export { layoutShift } from './layout-shift.ts';
export { MachineFleet } from './machine-fleet.ts';
export { refusedCommands } from './refused-commands.ts';
export { wcagViolations } from './wcag.ts';
