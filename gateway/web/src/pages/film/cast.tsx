/** The character: the portraits as they come, and the one that plays. */

import { call } from "../../api/http";
import { pictureOf } from "../../api/media";
import { offers } from "../../api/offers";
import type { Film, Picture } from "../../api/types";
import { paceOf } from "../../live/progress";
import { Bar } from "../../parts/bar";
import { Icon } from "../../parts/icon";
import { Portraits } from "../../parts/portraits";
import { sayFault, sentence } from "../../parts/toasts";
import { useRefresh } from "./film";

const ASKED_FOR = 4;

export function Cast({ film }: { film: Film }) {
  const { candidates, chosen, job } = film.character;
  const refresh = useRefresh();
  const drawing = job !== null && ["queued", "running", "canceling"].includes(job.status);
  const mayChoose = offers("POST /productions/{}/character") && !drawing;
  const expected = Number(film.request.num_images ?? ASKED_FOR);
  const index = candidates.findIndex((picture) => picture.id === chosen?.id);

  function choose({ id }: Picture): void {
    call(`/productions/${film.production_id}/character`, { method: "POST", body: { image_id: id } }).then(refresh, sayFault);
  }

  return (
    <section class="film-cast" aria-labelledby="cast">
      <h2 id="cast">The character</h2>
      {drawing && <Drawing film={film} />}
      {job?.error && <p class="fault"><Icon name="alert" /> {sentence(job.error.message)}</p>}
      {!job && chosen ? (
        <div class="own-picture"><img src={pictureOf(chosen)} alt="The character" /></div>
      ) : (
        <Portraits
          pictures={candidates}
          expected={expected}
          drawing={drawing}
          chosen={chosen?.id ?? null}
          onChoose={mayChoose ? choose : undefined}
        />
      )}
      {index >= 0 && <p class="chosen-line">Option {index + 1} plays in this film.</p>}
      <p class="described">{String(film.request.character_description ?? "")}</p>
    </section>
  );
}

function Drawing({ film }: { film: Film }) {
  const job = film.character.job!;
  const pace = paceOf(job).value;
  const count = Number(film.request.num_images ?? ASKED_FOR);
  return (
    <div class="drawing" role="status">
      <span>{job.status === "queued" ? "Waiting for a free hand" : `Generating ${count} character images…`}</span>
      <Bar fraction={pace.fraction} label="Portraits" />
    </div>
  );
}
