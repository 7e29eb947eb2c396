// libvirt for Node without bindings: its RPC protocol over UNIX sockets, and virsh as a second way.
// codec/ is pure, connection/ talks to a daemon, client/ has a method for each question, virsh/ is the fallback. Must never
// import anything of the workspace: it is a library of its own.
export * from './client/index.ts';
export * from './codec/index.ts';
export * from './connection/index.ts';
export * from './virsh/index.ts';
