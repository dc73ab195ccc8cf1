#!/bin/sh
# Makes sure that there is a Chromium for the browser tests; $1 is Playwright's command.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] && sudo="" || sudo="sudo"
    $sudo apt-get update -qq && $sudo apt-get install -y -qq chromium && exit 0
fi
"$1" install chromium
