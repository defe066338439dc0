/** Who plays in it: drawn by itself, one of four portraits, or a picture of one's own. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PortraitJob } from "../../api/types";
import { Button } from "../../parts/button";
import { Icon } from "../../parts/icon";
import { Portraits } from "../../parts/portraits";
import { say } from "../../parts/toasts";
import { Bar } from "../../parts/bar";
import { plural } from "../../words/counts";
import { casting, draw, drawnFrom, forgetCasting, isDrawing, resumeCasting } from "./casting";
import { change, draft } from "./draft";
import { shrunk } from "./picture";

export function Cast() {
  useEffect(resumeCasting, []);
  const job = casting.value;
  const { character, picture } = draft.value;
  const isUpload = picture !== null && picture.id === undefined;

  return (
    <section class="field cast" aria-label="Portrait">
      <span>A portrait <small>optional</small></span>
      {isUpload ? <OwnPicture url={picture.url} /> : job ? <Choice job={job} /> : null}
      <div class="row">
        {!isUpload && (
          <Button
            icon={job ? "retry" : "user"}
            disabled={!character.trim() || (job !== null && isDrawing(job))}
            doing="Asking…"
            onPress={() => draw(character)}
          >
            {job ? "Draw four others" : "Choose from four portraits"}
          </Button>
        )}
        <Upload />
        {picture && <Button kind="quiet" onPress={() => change({ picture: null })}>Use none of them</Button>}
        {job && !picture && !isDrawing(job) && <Button kind="quiet" onPress={forgetCasting}>Put them away</Button>}
      </div>
      {!job && !picture && (
        <p class="hint">
          {character.trim() ? "Without a choice the film draws its own portraits and takes the first." : "Describe the character first; then it can be drawn."}
        </p>
      )}
    </section>
  );
}

function Choice({ job }: { job: PortraitJob }) {
  const pictures = job.result?.images ?? job.made_so_far;
  const failed = job.result?.failed_images ?? [];
  const drawing = isDrawing(job);
  const chosen = draft.value.picture?.id ?? null;
  const index = pictures.findIndex((picture) => picture.id === chosen);
  return (
    <>
      {drawing && <Drawing job={job} count={pictures.length} />}
      <Portraits
        pictures={pictures}
        expected={4}
        drawing={drawing}
        chosen={chosen}
        onChoose={({ id, url }) => change({ picture: { id, url } })}
      />
      {failed.map((one) => (
        <p key={one.index} class="fault"><Icon name="alert" /> Option {one.index + 1} was not drawn: {one.message}</p>
      ))}
      {job.error && <p class="fault" role="alert"><Icon name="alert" /> {job.error.message}</p>}
      {!drawing && pictures.length > 0 && (
        <p class={index < 0 ? "hint" : "chosen-line"} role="status">
          {index < 0 ? "Choose the one you like." : `Option ${index + 1} will play in your film.`}
        </p>
      )}
      {drawnFrom.value !== draft.value.character && !drawing && (
        <p class="hint">Drawn from an earlier description.</p>
      )}
    </>
  );
}

function Drawing({ job, count }: { job: PortraitJob; count: number }) {
  const words = job.status === "queued" ? job.progress.message || "Waiting for a free hand" : "Generating 4 character images…";
  return (
    <div class="drawing" role="status">
      <span>{words} {count > 0 && `${plural(count, "is", "are")} there.`}</span>
      <Bar fraction={Math.max(count / 4, job.progress.fraction)} label="Portraits" />
    </div>
  );
}

function OwnPicture({ url }: { url: string }) {
  return (
    <div class="own-picture">
      <img src={url} alt="Your picture" />
      <p class="chosen-line">Your picture will be the character's reference in every scene.</p>
    </div>
  );
}

function Upload() {
  const busy = useSignal(false);
  async function take(file: File | undefined): Promise<void> {
    if (!file) return;
    busy.value = true;
    try {
      change({ picture: { url: await shrunk(file) } });
    } catch (error) {
      say((error as Error).message, "fault");
    }
    busy.value = false;
  }
  return (
    <label class="button plain upload">
      <Icon name="upload" />
      {busy.value ? "Reading…" : "Use my own picture"}
      <input
        type="file"
        accept="image/png,image/jpeg,image/webp"
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}
