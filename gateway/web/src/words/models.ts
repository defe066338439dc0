/** Models by names that people would say. */

import type { Model } from "../api/types";

const LOCAL: Record<string, string> = {
  "local/animatic": "Animatic preview",
  "local/portrait": "Drawn on this machine",
  "local/storyteller": "Written on this machine",
};
const WHERE: Record<string, string> = { replicate: "at Replicate", gemini: "at Google", vertex: "at Google Vertex" };

export const isLocal = (id: string | null | undefined) => id?.startsWith("local/") ?? false;

/** `google/veo-3.1` -> Veo 3.1 */
export function nameOf(id: string): string {
  const known = LOCAL[id];
  if (known) return known;
  const name = id.split("/").at(-1)!.replace(/-/g, " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function whatItIs(model: Model): string {
  if (isLocal(model.id)) return "Moving sketches of every scene, drawn on this machine";
  return WHERE[model.backend] ?? model.backend;
}
