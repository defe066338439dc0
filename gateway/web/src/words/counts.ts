/** How a film's scenes stand: waiting, being made, ready, failed. */

import type { Film, JobBrief, Scene } from "../api/types";

export type Standing = "waiting" | "generating" | "ready" | "failed";

export interface Counts {
  loading: number;
  succeeded: number;
  failed: number;
}

const LOST = new Set(["failed", "canceled"]);

export function standingOf(scene: Scene, film: Pick<Film, "status">): Standing {
  const status = scene.job?.status;
  if (scene.clip && !isRemade(scene)) return scene.is_stand_in ? "failed" : "ready";
  if (status && LOST.has(status)) return "failed";
  if (status === "running" || status === "canceling") return "generating";
  return isOver(film) ? "failed" : "waiting";
}

/** Is another clip being made of a scene that has one? */
export function isRemade(scene: Scene): boolean {
  return scene.clip !== null && ["queued", "running"].includes(scene.job?.status ?? "");
}

export function countsOf(film: Film): Counts {
  const standings = film.scenes.map((scene) => standingOf(scene, film));
  const unwritten = isOver(film) ? 0 : film.settings.number_of_scenes - film.scenes.length;
  const count = (...wanted: Standing[]) => standings.filter((standing) => wanted.includes(standing)).length;
  return {
    loading: count("waiting", "generating") + Math.max(0, unwritten),
    succeeded: count("ready"),
    failed: count("failed"),
  };
}

/** Has the film ended? Only the gateway says so. */
export function isOver(film: Pick<Film, "status">): boolean {
  return ["succeeded", "partial", "failed", "canceled"].includes(film.status);
}

/** The newest job that tried to make a scene's own clip, of which a stand-in may be seen now. */
export function ownJobOf(film: Film, scene: Scene): JobBrief | null {
  const own = new RegExp(`^clip/${scene.number}(/|$)`);
  return film.jobs.filter((job) => own.test(job.part ?? "")).at(-1) ?? scene.job;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
