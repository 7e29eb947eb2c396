// Netlink for Node on Linux: links and VFs (rtnetlink), devlink, and the kernel's device events.
// codec/ is pure, socket/ talks to the kernel, client/ has a method for each question. Must never import anything of the
// workspace: it is a library of its own.
export * from './client/index.ts';
export * from './codec/index.ts';
export * from './socket/index.ts';
