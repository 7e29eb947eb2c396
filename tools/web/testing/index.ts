// What tests of the dashboard share: the whole of it in a browser, and what they ask of every page.
// Must never replace anything of it, nor answer in anybody's place.
export { DashboardRig } from './dashboard-rig.ts';
export { layoutShift } from './layout-shift.ts';
export { LoneAgent } from './lone-agent.ts';
export { MachineFleet } from './machine-fleet.ts';
export { refusedCommands, refusedLines } from './refused-commands.ts';
export { StrictController } from './strict-controller.ts';
export { skipWithoutChromium, WatchedBrowser } from './watched-browser.ts';
export { wcagViolations } from './wcag.ts';
