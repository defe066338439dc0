/** One film in the library. */

import { useSignal } from "@preact/signals";
import { CALLS } from "../../api/edits";
import { deleteFilm } from "../../api/films";
import { offers } from "../../api/offers";
import type { Film } from "../../api/types";
import { now } from "../../live/now";
import { Ask } from "../../parts/ask";
import { Bar } from "../../parts/bar";
import { Button } from "../../parts/button";
import { Link } from "../../parts/link";
import { say } from "../../parts/toasts";
import { isOver, plural } from "../../words/counts";
import { STATUS_WORDS, titleOf } from "../../words/film";
import { ago, clock } from "../../words/time";

export function Tile({ film, onGone }: { film: Film; onGone: () => void }) {
  const poster = posterOfFilm(film);
  const over = isOver(film);
  return (
    <article class="tile">
      <Link to={`/productions/${film.production_id}`}>
        <div class="still">
          {poster ? <img src={poster} alt="" loading="lazy" /> : <span class="no-still" aria-hidden="true" />}
          {film.final_video && <span class="length">{clock(film.final_video.duration_seconds ?? 0)}</span>}
          {!over && <Bar fraction={film.progress.fraction} label="How far it is" />}
        </div>
        <h2>{titleOf(film)}</h2>
      </Link>
      <footer>
        <span class="facts">
          <span class={`status ${film.status}`}>{STATUS_WORDS[film.status] ?? film.status}</span>
          <span>{plural(film.settings.number_of_scenes, "scene")} · {ago(film.created_at, now.value)}</span>
        </span>
        {over && offers(CALLS.delete) && <Delete film={film} onGone={onGone} />}
      </footer>
    </article>
  );
}

function posterOfFilm(film: Film): string | undefined {
  if (film.final_video?.poster_url) return film.final_video.poster_url;
  const clip = film.scenes.find((scene) => scene.clip?.poster_url)?.clip;
  if (clip) return clip.poster_url ?? undefined;
  return film.character.chosen?.url;
}

function Delete({ film, onGone }: { film: Film; onGone: () => void }) {
  const asked = useSignal(false);
  async function drop(): Promise<void> {
    await deleteFilm(film.production_id);
    say("The film is deleted.");
    onGone();
  }
  return (
    <>
      <Button kind="quiet" icon="trash" label={`Delete ${titleOf(film)}`} onPress={() => void (asked.value = true)} />
      {asked.value && (
        <Ask
          title="Delete this film?"
          text="Its clips, its pictures and the final cut go with it. That can't be undone."
          yes="Delete it"
          onYes={drop}
          onNo={() => (asked.value = false)}
        />
      )}
    </>
  );
}
