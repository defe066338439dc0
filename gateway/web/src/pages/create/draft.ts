/** What is typed so far: kept across reloads, and turned into an order. */

import { effect, signal } from "@preact/signals";
import type { FilmOrder } from "../../api/films";

export interface OwnPicture {
  /** A picture the gateway has, or one that is sent along as a data URI. */
  id?: string;
  url: string;
}

export interface Draft {
  idea: string;
  character: string;
  style: string;
  title: string;
  credits: string;
  scenes: number;
  aspect: string;
  seconds: number;
  model: string;
  budget: string;
  gates: string[];
  picture: OwnPicture | null;
}

export const BLANK: Draft = {
  idea: "",
  character: "",
  style: "",
  title: "",
  credits: "",
  scenes: 4,
  aspect: "16:9",
  seconds: 8,
  model: "",
  budget: "",
  gates: [],
  picture: null,
};

const KEPT_AS = "scenebeat.draft";

export const draft = signal<Draft>(kept());

effect(() => {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(draft.value));
  } catch {
    localStorage.removeItem(KEPT_AS); // a picture too large to keep: better no draft than half of one
  }
});

export function change(changes: Partial<Draft>): void {
  draft.value = { ...draft.value, ...changes };
}

export function startFrom(request: Record<string, unknown>): void {
  const text = (name: string) => (typeof request[name] === "string" ? (request[name] as string) : "");
  const picture = text("character_reference_image_id");
  draft.value = {
    ...BLANK,
    idea: text("idea"),
    character: text("character_description"),
    style: text("video_characteristics"),
    title: text("title"),
    credits: text("credits"),
    scenes: Number(request.number_of_scenes ?? BLANK.scenes),
    aspect: text("aspect_ratio") || BLANK.aspect,
    seconds: Number(request.duration ?? BLANK.seconds),
    picture: picture ? { id: picture, url: `/api/mv/get_character_reference/${picture}` } : null,
  };
}

export const isComplete = (told: Draft) => told.idea.trim() !== "" && told.character.trim() !== "";

/** The order that a draft is; `model` instead of its own where a price is asked for. */
export function orderOf(told: Draft, model = told.model): FilmOrder {
  return {
    idea: told.idea.trim() || "an idea",
    character_description: told.character.trim() || "a character",
    number_of_scenes: told.scenes,
    aspect_ratio: told.aspect,
    duration: told.seconds,
    ...(told.style.trim() ? { video_characteristics: told.style.trim() } : {}),
    ...(told.title.trim() ? { title: told.title.trim() } : {}),
    ...(told.credits.trim() ? { credits: told.credits.trim() } : {}),
    ...(model ? { models: { video: model } } : {}),
    ...(Number(told.budget) > 0 ? { budget_usd: told.budget } : {}),
    ...(told.gates.length ? { review: told.gates } : {}),
    ...pictureOf(told.picture),
  };
}

function pictureOf(picture: OwnPicture | null): FilmOrder {
  if (!picture) return {};
  return picture.id ? { character_reference_image_id: picture.id } : { reference_image_base64: picture.url };
}

function kept(): Draft {
  try {
    return { ...BLANK, ...(JSON.parse(localStorage.getItem(KEPT_AS) ?? "{}") as Partial<Draft>) };
  } catch {
    return BLANK;
  }
}
