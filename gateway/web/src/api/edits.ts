/** Calls that change a film: its scenes, its character, its gates. A gateway may not have all of them: see offers. */

import { call } from "./http";
import type { Estimate, Film, JobTold, SceneVersions } from "./types";

export const CALLS = {
  continue: "POST /productions/{}/continue",
  change: "PATCH /productions/{}/scenes/{}",
  regenerate: "POST /productions/{}/scenes/{}/regenerate",
  choose: "POST /productions/{}/scenes/{}/choose",
  character: "POST /productions/{}/character",
  draw: "POST /productions/{}/character/regenerate",
  upgrade: "POST /productions/{}/upgrade",
  retry: "POST /productions/{}/retry",
  share: "POST /productions/{}/share",
  delete: "DELETE /productions/{}",
} as const;

export interface SceneWords {
  title?: string;
  description?: string;
  caption?: string | null;
  duration?: number;
}

const post = <T>(path: string, body: object) => call<T>(path, { method: "POST", body });

export const openGate = (film: string, gate: string) => post<Film>(`/productions/${film}/continue`, { gate });
export const changeScene = (film: string, scene: number, changes: SceneWords & { position?: number }) =>
  call<SceneVersions>(`/productions/${film}/scenes/${scene}`, { method: "PATCH", body: changes });
export const readVersions = (film: string, scene: number) => call<SceneVersions>(`/productions/${film}/scenes/${scene}`);
export const chooseVersion = (film: string, scene: number, version: number) =>
  post<Film>(`/productions/${film}/scenes/${scene}/choose`, { version });
export const filmAgain = (film: string, scene: number, changes: SceneWords) =>
  post<Film>(`/productions/${film}/scenes/${scene}/regenerate`, changes);
export const chooseCharacter = (film: string, image: string, regenerate: boolean) =>
  post<Film>(`/productions/${film}/character`, { image_id: image, regenerate });
export const drawOthers = (film: string) => post<JobTold>(`/productions/${film}/character/regenerate`, {});
export const upgrade = (film: string, model: string, scenes: number[]) =>
  post<Film>(`/productions/${film}/upgrade`, { models: { video: model }, scenes });
export const retryScenes = (film: string, scenes: number[]) => post<Film>(`/productions/${film}/retry`, { scenes });

/** What one of these would cost; `edit` is its address after /productions/{id}/. */
export const priceOf = (film: string, edit: string, body: object, signal?: AbortSignal) =>
  call<Estimate>("/estimate", { method: "POST", body: { call: `productions/${film}/${edit}`, ...body }, signal });
