#!/bin/sh
# Mails how a wave ended, with its summary:
#
#   MAIL_SERVER=smtp://mail.example.com MAIL_FROM=wavepair@example.com MAIL_TO=team@example.com \
#     wavepair run wave.csv --on-end samples/on-end/mail.sh
#
# A server that wants a name and a password finds them in ~/.netrc (chmod 600). The summary holds
# counts, codes and paths; no phone, and nobody's name.
set -eu

# One message for each change of state, and none while a wave ends as it did the last time.
if [ "$WAVEPAIR_EXIT_CODE" = "$WAVEPAIR_PREVIOUS_EXIT_CODE" ]; then exit 0; fi

{
    printf 'From: %s\nTo: %s\n' "$MAIL_FROM" "$MAIL_TO"
    printf 'Subject: wavepair ended with code %s (before: %s)\n' \
        "$WAVEPAIR_EXIT_CODE" "${WAVEPAIR_PREVIOUS_EXIT_CODE:-none}"
    printf 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n'
    cat
} |
    curl --netrc-optional --silent --show-error --max-time 20 --output /dev/null --crlf \
        --url "$MAIL_SERVER" --mail-from "$MAIL_FROM" --mail-rcpt "$MAIL_TO" --upload-file -
