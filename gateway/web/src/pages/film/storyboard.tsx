/** The scenes in their order, as frames on a table. */

import type { Film } from "../../api/types";
import { isOver } from "../../words/counts";
import { shapeOf, waitsFor } from "../../words/film";
import { Card } from "./card";

export function Storyboard({ film }: { film: Film }) {
  const unwritten = isOver(film) ? 0 : Math.max(0, film.settings.number_of_scenes - film.scenes.length);
  const tall = (film.settings.height ?? 0) > (film.settings.width ?? 1);
  return (
    <section aria-labelledby="storyboard">
      <h2 id="storyboard">Storyboard</h2>
      <ol class={`storyboard ${tall ? "tall" : ""}`}>
        {film.scenes.map((scene) => (
          <li key={scene.number}><Card film={film} scene={scene} /></li>
        ))}
        {Array.from({ length: unwritten }, (_, index) => (
          <li key={`unwritten-${index}`}><Unwritten film={film} number={film.scenes.length + index + 1} /></li>
        ))}
      </ol>
      {film.scenes.length === 0 && unwritten === 0 && <p class="hint">No scene was written.</p>}
    </section>
  );
}

function Unwritten({ film, number }: { film: Film; number: number }) {
  return (
    <article class="frame unwritten" aria-label={`Scene ${number}`}>
      <div class="media skeleton" style={{ aspectRatio: shapeOf(film) }}>
        <span>{waitsFor(film, null)}</span>
      </div>
      <header><h3><i>{number}</i></h3></header>
      <div class="lines" aria-hidden="true"><i /><i /><i /></div>
    </article>
  );
}
