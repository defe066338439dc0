/** A film's name, and what it is doing, in words. */

import type { Film, Scene } from "../api/types";
import { countsOf, isOver, plural } from "./counts";

const LONGEST_TITLE = 90;

export function titleOf(film: Pick<Film, "title" | "request">): string {
  if (film.title) return film.title;
  const idea = String(film.request.idea ?? "Untitled").trim();
  return idea.length <= LONGEST_TITLE ? idea : `${idea.slice(0, LONGEST_TITLE).replace(/\s+\S*$/, "")}…`;
}

export const STATUS_WORDS: Record<string, string> = {
  queued: "In line",
  running: "Being made",
  waiting: "Waiting for you",
  canceling: "Stopping",
  succeeded: "Done",
  partial: "Done, with gaps",
  failed: "Failed",
  canceled: "Canceled",
};

/** What it is at, as a headline. */
export function doing(film: Film): string {
  if (film.status === "canceling") return "Stopping…";
  if (film.status === "waiting") return "Waiting for you";
  if (film.stage === "writing") return film.scenes.length ? "Drawing the character" : "Writing the storyboard";
  if (film.stage === "clips") return "Filming the scenes";
  if (film.stage === "cut") return "Cutting the film";
  return isOver(film) ? (STATUS_WORDS[film.status] ?? film.status) : "Getting ready";
}

/** How far it is, in things that can be seen below. */
export function soFar(film: Film): string {
  if (film.stage === "cut") return "All scenes are there; now they become one film";
  if (film.scenes.length === 0) return "First its words and its portraits, then the scenes";
  return `${countsOf(film).succeeded} of ${plural(film.settings.number_of_scenes, "scene")} ready`;
}

/** What a scene without a clip waits for. */
export function waitsFor(film: Film, scene: Scene | null): string {
  const said = film.progress.message;
  if (/^waiting/i.test(said)) return said.charAt(0).toUpperCase() + said.slice(1);
  if (film.status === "waiting") return "Waiting for you";
  if (!scene) return "Waiting for its words";
  if (!film.character.chosen) return "Waiting for the character";
  if (scene.job?.status === "queued") return "In line for a free hand";
  return "Waiting for its turn";
}

/** The picture's shape, as CSS wants it. */
export function shapeOf(film: Pick<Film, "settings">): string {
  const { width, height } = film.settings;
  return width && height ? `${width} / ${height}` : "16 / 9";
}
