// What several tests of this program share: hosts in its database, and the stock client of OpenStack.
// Must never be part of the program.
export { addOtherServices } from './other-services.ts';
export { seedHosts } from './seed-hosts.ts';
export { type RunningController, startController } from './start-controller.ts';
export { runStockClient } from './stock-client.ts';
