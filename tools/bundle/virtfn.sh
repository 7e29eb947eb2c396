#!/bin/sh
# The virtfn command, bundled. It must start nothing but Node: every program started here costs as much as virtfn itself.
if [ -L "$0" ]; then here=$(dirname "$(readlink -f "$0")"); else here=${0%/*}; fi
node=$here/node
if [ ! -x "$node" ]; then node=node; fi
# Node keeps compiled code there. Whoever can write it decides what runs, so root never uses the folder of somebody else.
if [ -z "${NODE_COMPILE_CACHE+set}" ]; then
  if [ -O / ]; then NODE_COMPILE_CACHE=/var/cache/virtfn/compiled
  elif [ -n "$HOME" ]; then NODE_COMPILE_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/virtfn/compiled
  fi
  export NODE_COMPILE_CACHE
fi
exec "$node" "$here/virtfn.mjs" "$@"
