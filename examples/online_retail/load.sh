#!/usr/bin/env bash
# Load the shop of Online Retail II into a store, which is made where there is none: load.sh STORE PARQUET
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "usage: $0 STORE PARQUET" >&2
  exit 2
fi
store=$1
lines=$2
map=$(dirname "$0")/map.toml

segql import profiles "$lines" --map "$map" --store "$store"
segql import orders "$lines" --map "$map" --store "$store"
