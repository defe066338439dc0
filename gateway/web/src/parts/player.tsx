/** A video with its own controls: sound on, never playing by itself, nothing loaded before it is asked for. */

import type { Clip } from "../api/types";
import { posterOf, videoOf } from "../api/media";

export function Player({ clip, label }: { clip: Clip; label: string }) {
  return (
    <video
      key={clip.video_id}
      controls
      playsInline
      preload={clip.poster_url ? "none" : "metadata"}
      src={videoOf(clip)}
      poster={posterOf(clip)}
      width={clip.width ?? undefined}
      height={clip.height ?? undefined}
      aria-label={label}
    />
  );
}
