#!/bin/sh
# `npm test`: installs what is missing, then checks everything a change can break, cheapest first. Figures of each step are printed;
# the last line sums up. Steps that need something this machine lacks are skipped loudly, never silently.
set -eu
cd "$(dirname "$0")/.."

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --loglevel=error
fi
PATH="$PWD/node_modules/.bin:$PATH"
export PATH

# A step that hangs is ended and named: none needs half of this on two slow cores, or two thirds on busy ones. In the foreground, so that Ctrl-C ends it.
limit=
if command -v timeout >/dev/null 2>&1; then
  limit='timeout --foreground --kill-after=10 1200'
fi

step() {
  name=$1
  shift
  printf '\n== %s\n' "$name"
  began=$(date +%s)
  $limit "$@" || {
    code=$?
    if [ "$code" = 124 ]; then
      printf 'FAILED: %s did not end within 20 minutes\n' "$name"
    elif [ "$code" = 137 ]; then
      printf 'FAILED: %s was killed\n' "$name"
    fi
    return "$code"
  }
  printf '== %s: passed in %s s\n' "$name" "$(($(date +%s) - began))"
}

# The page is tested in a real browser; Debian's Chromium is installed when we may.
if ! command -v chromium >/dev/null 2>&1 && [ -z "${COMITY_CHROMIUM:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  step 'install Chromium' sh -c 'apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null' || echo 'SKIPPED: Chromium could not be installed'
fi

# A judge of transparency logs is a Go program.
if ! command -v go >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  step 'install Go' sh -c 'apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq golang-go >/dev/null' || echo 'SKIPPED: Go could not be installed'
fi

step 'types, lint, format, unused' npm run --silent lint
step 'unit tests of the protocol, every line and branch' npm run --silent coverage
step 'unit tests' npm run --silent test:unit
step 'foreign vectors' npm run --silent test:vectors
step 'requests put to other TAXII servers' npm run --silent test:taxii
step 'outside judges' npm run --silent test:interop
step 'outside judges of transparency logs' npm run --silent test:judges
step 'published package' npm run --silent test:face
step 'real intelligence' npm run --silent test:corpus
step 'truth table' npm run --silent test:truth
step 'mutated input' npm run --silent test:fuzz
step 'kernel and matcher' npm run --silent fuzz:screen -- --bytes 2e8 --race 10
# A third of what the command does by itself, which takes some twenty minutes.
step 'kill -9' npm run --silent test:crash -- --kills 60
step 'page in a browser' npm run --silent test:e2e
