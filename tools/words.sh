#!/usr/bin/env bash
# Collects the screens' words from Python and templates, brings the catalogues up to date and compiles them.
set -euo pipefail
cd "$(dirname "$0")/.."
BABEL=.venv/bin/pybabel
DIR=app/translations

"$BABEL" -q extract -F "$DIR/babel.cfg" -o "$DIR/messages.pot" --no-location --sort-output \
  -k _ -k lazy_ -k pgettext:1c,2 -k lazy_pgettext:1c,2 -k ngettext:1,2 -k npgettext:1c,2,3 --project Doorstep .
sed -i.old '/^"POT-Creation-Date/d' "$DIR/messages.pot" && rm -f "$DIR/messages.pot.old"  # else every run is a change
for language in zh_Hans zh_Hant es; do
  if [ -e "$DIR/$language/LC_MESSAGES/messages.po" ]; then
    "$BABEL" -q update -i "$DIR/messages.pot" -d "$DIR" -l "$language" --no-fuzzy-matching --ignore-obsolete \
      --ignore-pot-creation-date
  else
    "$BABEL" -q init -i "$DIR/messages.pot" -d "$DIR" -l "$language"
  fi
done
"$BABEL" compile -d "$DIR" -D messages --statistics
