#!/usr/bin/env bash
# Idea and character -> scenes -> reference -> clips -> cut, one call after the other, as a front end makes them.
# usage: four_scenes.sh [URL] [FILE]
#   FORM=waited          every call is answered with its result; FORM=polled: with a job, which is asked for
#   CLIP_SECONDS=2       makes short clips
#   SCENEBEAT_API_KEY    is sent to the gateway, if it is set
set -euo pipefail

GATEWAY="${1:-http://127.0.0.1:8000}"
FILE="${2:-film.mp4}"
FORM="${FORM:-waited}"
CLIP_SECONDS="${CLIP_SECONDS:-8}"
API="$GATEWAY/api/mv"
CHARACTER='a woman with short silver hair, a mustard raincoat and a brass lantern'
WORK=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$WORK"' EXIT

# call PATH [OPTION ...]: the answer's body; an error's body too, and then a failure
call() {
  curl --silent --show-error --fail-with-body "$API/$1" \
    ${SCENEBEAT_API_KEY:+--header "Authorization: Bearer $SCENEBEAT_API_KEY"} "${@:2}"
}

# value PATH: one value of the JSON on stdin, such as scenes.0.description; nothing where there is none
value() {
  python3 -c '
import json, sys
found = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    found = found[int(step)] if isinstance(found, list) else found.get(step)
    if found is None:
        sys.exit()
print(found if isinstance(found, str) else json.dumps(found))' "$1"
}

# order PATH BODY: the result, however the gateway is asked for it
order() {
  local prefer=() answer job
  [ "$FORM" = waited ] && prefer=(--header 'Prefer: wait=600')
  answer=$(call "$1" --header 'Content-Type: application/json' --data "$2" ${prefer[@]+"${prefer[@]}"}) ||
    { echo "$answer" >&2 && return 1; }
  job=$(value job_id <<<"$answer")
  if [ -z "$job" ]; then echo "$answer"; else until_over "$job" | value result; fi
}

# until_over JOB_ID: the job once it has ended; fails with its error where it brought nothing
until_over() {
  local job
  while true; do
    job=$(call "jobs/$1") || { echo "$job" >&2 && return 1; }
    case $(value status <<<"$job") in
      succeeded | partial) echo "$job" && return ;;
      failed | canceled) echo "$job" >&2 && return 1 ;;
    esac
    sleep 0.5
  done
}

# clip_body NUMBER IMAGE_ID: the order of one clip, from the scenes on stdin
clip_body() {
  python3 -c '
import json, sys
scene = json.load(sys.stdin)["scenes"][int(sys.argv[1])]
print(json.dumps({
    "prompt": scene["description"],
    "negative_prompt": scene["negative_description"],
    "character_reference_image_id": sys.argv[2],
    "duration": float(sys.argv[3]),
}))' "$1" "$2" "$CLIP_SECONDS"
}

# 1. the scenes
scenes=$(order create_scenes '{
  "idea": "A lighthouse keeper follows a lost song across the sea",
  "character_description": "'"$CHARACTER"'",
  "number_of_scenes": 4
}')

# 2. one picture of the character
portraits=$(order generate_character_reference '{
  "character_description": "'"$CHARACTER"'",
  "num_images": 1,
  "include_base64": false
}')
image=$(value images.0.id <<<"$portraits")

# 3. a clip of every scene, all four of them at once
orders=()
for number in 0 1 2 3; do
  order generate_video "$(clip_body "$number" "$image" <<<"$scenes")" >"$WORK/$number.json" &
  orders+=("$!")
done
for one in "${orders[@]}"; do wait "$one"; done
clips=()
for number in 0 1 2 3; do clips+=("\"$(value video_id <"$WORK/$number.json")\""); done

# 4. the cut
cut=$(order stitch-videos "{\"video_ids\": [$(IFS=, && echo "${clips[*]}")]}")

# 5. the file: its address is whole where the store serves it, else a path of the gateway
url=$(value video_url <<<"$cut")
case "$url" in
  http://* | https://*) curl --silent --show-error --fail --output "$FILE" "$url" ;;
  *) call "${url#/api/mv/}" --output "$FILE" ;;
esac
echo "$FILE: $(value metadata.duration_seconds <<<"$cut") s of $(value metadata.num_videos_stitched <<<"$cut") clips," \
  "$(value metadata.storage_backend <<<"$cut")"
