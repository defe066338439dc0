#!/usr/bin/env bash
# Idea and character -> scenes -> reference -> clips -> cut, one call after the other, as a front end makes them.
# usage: four_scenes.sh [URL] [FILE]        CLIP_SECONDS=2 makes short clips
set -euo pipefail

API="${1:-http://127.0.0.1:8000}/api/mv"
FILE="${2:-film.mp4}"
CLIP_SECONDS="${CLIP_SECONDS:-8}"

# post CALL BODY [OPTION ...]: the answer's body; an error's body too, and then a failure
post() {
  curl --silent --show-error --fail-with-body "$API/$1" \
    --header 'Content-Type: application/json' --data "$2" "${@:3}"
}

# value PATH: one value of the JSON on stdin, such as scenes.0.description
value() {
  python3 -c '
import json, sys
found = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    found = found[int(step)] if isinstance(found, list) else found[step]
print(found)' "$1"
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

# until_over JOB_ID: the job once it has ended; fails with its error where it brought nothing
until_over() {
  local job
  while true; do
    job=$(curl --silent --show-error --fail-with-body "$API/jobs/$1")
    case $(value status <<<"$job") in
      succeeded | partial) echo "$job" && return ;;
      failed | canceled) echo "$job" >&2 && return 1 ;;
    esac
    sleep 0.5
  done
}

# 1. the scenes, in the same call
scenes=$(post create_scenes '{
  "idea": "A lighthouse keeper follows a lost song across the sea",
  "character_description": "a woman with short silver hair, a mustard raincoat and a brass lantern",
  "number_of_scenes": 4
}' --header 'Prefer: wait')

# 2. one picture of the character
portraits=$(post generate_character_reference '{
  "character_description": "a woman with short silver hair, a mustard raincoat and a brass lantern",
  "num_images": 1,
  "include_base64": false
}' --header 'Prefer: wait')
image=$(value images.0.id <<<"$portraits")

# 3. a clip of every scene, all of them ordered before the first is there
jobs=()
for number in 0 1 2 3; do
  job=$(post generate_video "$(clip_body "$number" "$image" <<<"$scenes")")
  jobs+=("$(value job_id <<<"$job")")
done
clips=()
for job in "${jobs[@]}"; do
  clips+=("\"$(until_over "$job" | value result.video_id)\"")
done

# 4. the cut
cut=$(post stitch-videos "{\"video_ids\": [$(IFS=, && echo "${clips[*]}")]}" --header 'Prefer: wait=600')

# 5. the file
curl --silent --show-error --fail --output "$FILE" "$API/get_video/$(value video_id <<<"$cut")?download=1"
echo "$FILE: $(value metadata.duration_seconds <<<"$cut") s of $(value metadata.num_videos_stitched <<<"$cut") clips"
