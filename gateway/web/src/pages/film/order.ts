/** Scenes in another order: dragged, or moved by a button. */

import { signal } from "@preact/signals";
import { changeScene } from "../../api/edits";
import type { Scene } from "../../api/types";

/** The number of the scene that is being dragged, and the place it would take. */
export const dragged = signal<number | null>(null);
export const over = signal<number | null>(null);

/** The scene that a button has just moved: its card is put elsewhere, and the focus has to follow it. */
export const moved = signal<{ scene: number; way: "earlier" | "later" } | null>(null);

export const placeOf = (scene: Scene, scenes: Scene[]) => scene.position ?? scenes.indexOf(scene) + 1;

export function move(film: string, scene: number, position: number): Promise<unknown> {
  return changeScene(film, scene, { position });
}
