#!/bin/sh
# Tells a chat room how a wave ended:
#
#   CHAT_WEBHOOK_FILE=/etc/wavepair/chat.webhook wavepair run wave.csv --on-end samples/on-end/chat.sh
#
# The file holds the address of the room's incoming webhook, as Slack, Mattermost and others give it,
# and nothing else. Whoever knows the address can write to the room: keep it private (chmod 600).
set -eu

# One message for each change of state, and none while a wave ends as it did the last time.
if [ "$WAVEPAIR_EXIT_CODE" = "$WAVEPAIR_PREVIOUS_EXIT_CODE" ]; then exit 0; fi

# The path of the wave as it stands in the summary: as JSON, in which it goes on.
wave=$(sed -n 's/^  "wave": "\(.*\)",$/\1/p')
text="wavepair: $wave ended with code $WAVEPAIR_EXIT_CODE (before: ${WAVEPAIR_PREVIOUS_EXIT_CODE:-none})"

# The address goes in by standard input: the arguments of a program are seen by everybody.
printf 'url = "%s"\n' "$(cat "$CHAT_WEBHOOK_FILE")" |
    curl --config - --silent --show-error --fail --max-time 20 --output /dev/null \
        --header 'Content-Type: application/json' --data-raw "{\"text\": \"$text\"}"
