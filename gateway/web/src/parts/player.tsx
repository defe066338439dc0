/** A video with its own controls: sound on, never playing by itself, nothing loaded before it is near the eye. */

import { useEffect, useRef } from "preact/hooks";
import type { Clip } from "../api/types";

const NEAR = "200px";

export function Player({ clip, label }: { clip: Clip; label: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const near = new IntersectionObserver(
      ([seen]) => {
        if (!seen?.isIntersecting || !video.current) return;
        video.current.preload = "metadata"; // its length, and no more before it is played
        near.disconnect();
      },
      { rootMargin: NEAR },
    );
    near.observe(video.current!);
    return () => near.disconnect();
  }, [clip.video_id]);
  return (
    <video
      key={clip.video_id}
      ref={video}
      controls
      playsInline
      preload="none"
      src={clip.video_url}
      poster={clip.poster_url ?? undefined}
      width={clip.width ?? undefined}
      height={clip.height ?? undefined}
      aria-label={label}
    />
  );
}
