#!/bin/sh
# Runs a wave from cron, and prints something only where a person has to act: cron mails what is printed.
#
#   nightly.sh WAVE.csv [OPTION...]
#
# ~/.wavepair.env holds the `export` lines of the tenant (chmod 600). The exit code is that of wavepair.
set -u

if [ -r "$HOME/.wavepair.env" ]; then
    . "$HOME/.wavepair.env"
fi

# Time is up at six, before people sign in; a later --deadline among the options wins.
said=$("${WAVEPAIR:-wavepair}" run -q --deadline 06:00 "$@" 2>&1)
code=$?

case $code in
    0) ;;                        # every row has its device
    4 | 7 | 130 | 143) ;;        # the next night goes on from here
    6) ;;                        # another run has the ledger, and tells of its own end
    3) printf '%s\nwavepair: correct the rejected rows (exit code 3)\n' "$said" ;;
    2 | 5) printf '%s\nwavepair: mend this before the next night (exit code %s)\n' "$said" "$code" ;;
    *) printf '%s\nwavepair: failed itself, look at once (exit code %s)\n' "$said" "$code" ;;
esac
exit "$code"
