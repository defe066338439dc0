/** What the draft would cost and how long it would take, with each model: asked again a moment after the last key. */

import { effect, signal } from "@preact/signals";
import { estimate, listModels } from "../../api/films";
import { ApiError } from "../../api/http";
import type { Estimate, Model } from "../../api/types";
import { type Draft, draft, orderOf } from "./draft";

const AFTER_THE_LAST_KEY_MS = 300;
const ANY_PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/** A price does not depend on what the picture shows: the smallest one asks for it. */

export type Price = Estimate | ApiError;

export const models = signal<Model[] | null>(null);
export const prices = signal<ReadonlyMap<string, Price>>(new Map());
export const asking = signal(false);

/** Ask as long as somebody looks. */
export function keepPrices(): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let aborting = new AbortController();
  const stop = effect(() => {
    const told = draft.value;
    const offered = models.value;
    clearTimeout(timer);
    aborting.abort();
    aborting = new AbortController();
    const { signal: aborted } = aborting;
    asking.value = true;
    timer = setTimeout(() => void ask(told, offered ?? [], aborted), AFTER_THE_LAST_KEY_MS);
  });
  return () => {
    clearTimeout(timer);
    aborting.abort();
    stop();
  };
}

export async function readModels(): Promise<void> {
  const all = await listModels();
  models.value = all.filter((model) => model.kind === "generate_video" && model.is_reachable !== false);
}

/** The model the draft names, or what is taken where it names none. */
export function chosenModel(told: Draft, offered: Model[] | null): Model | undefined {
  return offered?.find((model) => model.id === told.model) ?? offered?.find((model) => model.is_default) ?? offered?.[0];
}

async function ask(told: Draft, offered: Model[], aborted: AbortSignal): Promise<void> {
  const ids = offered.length ? offered.map((model) => model.id) : [told.model];
  const answers = await Promise.all(ids.map((id) => price(told, id, aborted)));
  if (aborted.aborted) return;
  prices.value = new Map(ids.map((id, index) => [id, answers[index]!]));
  asking.value = false;
}

async function price(told: Draft, model: string, aborted: AbortSignal): Promise<Price> {
  try {
    const picture = told.picture && !told.picture.id ? { url: ANY_PICTURE } : told.picture;
    return await estimate(orderOf({ ...told, picture }, model), aborted);
  } catch (error) {
    return error instanceof ApiError ? error : new ApiError("The price could not be asked.", "UNREADABLE", 0);
  }
}
