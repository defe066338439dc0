/** Addresses of pictures and videos: always at our own origin, whatever store the bytes lie in. */

import type { Clip } from "./types";

const BASE = "/api/mv";

export function own(url: string, fallback: string): string {
  return new URL(url, location.href).origin === location.origin ? url : `${BASE}${fallback}`;
}

export const videoOf = (clip: Clip) => own(clip.video_url, `/get_video/${clip.video_id}`);
export const posterOf = (clip: Clip) =>
  clip.poster_url ? own(clip.poster_url, `/get_video/${clip.video_id}/poster`) : undefined;
export const pictureOf = (picture: { id: string; url: string }) =>
  own(picture.url, `/get_character_reference/${picture.id}`);

/** The same address with one more parameter, such as `download=1`. */
export function withParameter(url: string, parameter: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}${parameter}`;
}
