#!/usr/bin/env bash
# Makes a machine ready: virtual environment, pinned packages, system libraries, compiled words; for tests also a browser.
#   tools/bootstrap.sh run|test
# What is already there is left alone: the second run only compares two stamps (well under a second).
set -euo pipefail
cd "$(dirname "$0")/.."

PURPOSE="${1:-run}"
VENV=.venv
PAPER_LIBS="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

say() { printf '%s\n' "$*" >&2; }

may_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() { # packages…
  say "Installing $* …"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 && return
  apt-get update -q >/dev/null 2>&1 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null
}

find_python() { # prints the first Python that is new enough
  local name
  for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 || continue
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  say "Doorstep needs Python 3.11 or newer. Install it, or name it: PYTHON=/path/to/python3 make $PURPOSE"
  exit 1
}

make_venv() {
  [ -x "$VENV/bin/python" ] && return
  local python
  python="$(find_python)"
  say "Making $VENV with $("$python" --version) …"
  if ! "$python" -m venv "$VENV" 2>/dev/null; then
    rm -rf "$VENV"
    may_apt || { say "Python's venv module is missing. Type: sudo apt-get install -y python3-venv"; exit 1; }
    apt_install python3-venv
    "$python" -m venv "$VENV"
  fi
}

install_packages() { # requirements file
  local stamp="$VENV/.installed-$PURPOSE" now
  now="$(cat requirements*.txt | cksum) $PURPOSE"
  [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
  say "Installing the packages of $1 …"
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check -r "$1"
  printf '%s' "$now" >"$stamp"
}

# Papers are drawn by Pango; without it everything else still works.
paper_libs_found() {
  "$VENV/bin/python" - 2>/dev/null <<'PYTHON'
import ctypes.util
raise SystemExit(not all(ctypes.util.find_library(n) for n in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")))
PYTHON
}

install_paper_libs() {
  [ -e "$VENV/.paper-libs" ] && return
  if ! paper_libs_found; then
    if may_apt; then
      # shellcheck disable=SC2086
      apt_install $PAPER_LIBS || { say "Papers need Pango; installing it failed. Everything else works."; return; }
    elif command -v brew >/dev/null 2>&1; then
      say "Papers need Pango. Type: brew install pango"
      return
    else
      say "Papers need Pango. Type: sudo apt-get install -y $PAPER_LIBS"
      return
    fi
  fi
  touch "$VENV/.paper-libs"
}

compile_words() {
  local stale
  stale="$(find app/translations -name '*.po' -newer "$VENV/.words" 2>/dev/null || true)"
  if [ -n "$stale" ] || [ ! -e "$VENV/.words" ] || [ -n "$(missing_words)" ]; then
    [ -z "$(find app/translations -name '*.po' 2>/dev/null)" ] ||
      "$VENV/bin/pybabel" -q compile -d app/translations -D messages
    touch "$VENV/.words"
  fi
}

missing_words() {
  local po
  while IFS= read -r po; do [ -e "${po%.po}.mo" ] || printf '%s\n' "$po"; done \
    < <(find app/translations -name '*.po' 2>/dev/null)
}

find_browser() {
  local name
  for name in "${CHROME:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && return 0
  done
  [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && return 0
  compgen -G "$HOME/.cache/ms-playwright/chromium-*/chrome-linux*/chrome" >/dev/null
}

install_browser() {
  find_browser && return
  if may_apt; then apt_install chromium fonts-noto-cjk; fi
  find_browser && return
  say "The tests need Chromium or Chrome. Type: sudo apt-get install -y chromium   (or name one: CHROME=/path make test)"
  exit 1
}

make_venv
if [ "$PURPOSE" = test ]; then
  install_packages requirements-dev.txt
  install_paper_libs
  install_browser
else
  install_packages requirements.txt
  install_paper_libs
fi
compile_words
