/** Calls about whole films. */

import { call } from "./http";
import type { Estimate, Film, JobTold, JobWhole, Model, Page, PortraitJob, Transition } from "./types";

export type FilmOrder = Record<string, unknown>;

export interface Shelf {
  q: string;
  status: string;
  cursor?: string | null;
}

export const orderFilm = (order: FilmOrder) => call<Film>("/productions", { method: "POST", body: order });
export const readFilm = (id: string, signal?: AbortSignal) => call<Film>(`/productions/${id}`, { signal });
export const deleteFilm = (id: string) => call<void>(`/productions/${id}`, { method: "DELETE" });
export const cancelFilm = (id: string) => call<Film>(`/productions/${id}/cancel`, { method: "POST" });
export const retryJob = (id: string) => call<JobTold>(`/jobs/${id}/retry`, { method: "POST" });
/** What another try costs, by what the first was priced at. */
export const priceOfJob = (id: string) => call<JobWhole>(`/jobs/${id}`).then((job) => job.cost);
export const cancelJob = (id: string) => call<JobTold>(`/jobs/${id}/cancel`, { method: "POST" });

export function listFilms({ q, status, cursor }: Shelf, signal?: AbortSignal): Promise<Page<Film>> {
  const asked = new URLSearchParams({ limit: "24" });
  if (q.trim()) asked.set("q", q.trim());
  if (status) asked.set("status", status);
  if (cursor) asked.set("cursor", cursor);
  return call(`/productions?${asked}`, { signal });
}

export interface CutChanges {
  transition?: Transition;
  order?: number[];
  /** Null: no such card. */
  title?: string | null;
  credits?: string | null;
}

export const recut = (id: string, changes: CutChanges) =>
  call<JobTold>(`/productions/${id}/restitch`, { method: "POST", body: changes });

export const estimate = (order: FilmOrder, signal?: AbortSignal) =>
  call<Estimate>("/estimate", { method: "POST", body: { call: "productions", ...order }, signal });

export const listModels = () => call<{ items: Model[] }>("/models").then((page) => page.items);

export const drawPortraits = (order: FilmOrder) =>
  call<PortraitJob>("/generate_character_reference", { method: "POST", body: order });
export const readPortraits = (id: string) => call<PortraitJob>(`/jobs/${id}`);
