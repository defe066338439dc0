/** Four portraits to choose from before the film is ordered. The job is kept by its id, so that a reload finds it again. */

import { signal } from "@preact/signals";
import { drawPortraits, readPortraits } from "../../api/films";
import { ApiError } from "../../api/http";
import type { PortraitJob } from "../../api/types";
import { again } from "../../live/again";
import { follow } from "../../live/line";

const KEPT_AS = "scenebeat.casting";
const READ_EVERY_MS = 800;

export const casting = signal<PortraitJob | null>(null);
/** The description that the pictures at hand were drawn from. */
export const drawnFrom = signal("");

interface Kept {
  job: string;
  description: string;
}

let leave = () => {};

export async function draw(description: string): Promise<void> {
  const job = await drawPortraits({ character_description: description.trim(), num_images: 4 });
  localStorage.setItem(KEPT_AS, JSON.stringify({ job: job.job_id, description } satisfies Kept));
  casting.value = job;
  drawnFrom.value = description;
  watch(job.job_id);
}

/** Go on where an earlier visit left off. */
export function resumeCasting(): () => void {
  const kept = JSON.parse(localStorage.getItem(KEPT_AS) ?? "null") as Kept | null;
  if (kept) {
    drawnFrom.value = kept.description;
    watch(kept.job);
  }
  return () => leave();
}

export function forgetCasting(): void {
  leave();
  localStorage.removeItem(KEPT_AS);
  casting.value = null;
}

export const isDrawing = (job: PortraitJob) => ["queued", "running", "canceling"].includes(job.status);

function watch(id: string): void {
  leave();
  const read = again(async () => {
    try {
      casting.value = await readPortraits(id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) forgetCasting();
    }
  }, READ_EVERY_MS);
  const unfollow = follow("job_id", id, read);
  read();
  leave = () => {
    read.stop();
    unfollow();
  };
}
