/** The character: the portraits as they come, and the one that plays. */

import { useSignal } from "@preact/signals";
import { CALLS, chooseCharacter, drawOthers, priceOf } from "../../api/edits";
import { offers } from "../../api/offers";
import type { Film, Picture } from "../../api/types";
import { paceOf } from "../../live/progress";
import { Bar } from "../../parts/bar";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Icon } from "../../parts/icon";
import { Portraits } from "../../parts/portraits";
import { Priced } from "../../parts/priced";
import { sayFault, sentence } from "../../parts/toasts";
import { useRefresh } from "./film";

const ASKED_FOR = 4;

export function Cast({ film }: { film: Film }) {
  const { candidates, chosen, job } = film.character;
  const refresh = useRefresh();
  const wanted = useSignal<Picture | null>(null);
  const drawing = job !== null && ["queued", "running", "canceling"].includes(job.status);
  const mayChoose = offers(CALLS.character) && film.status !== "canceling";
  const count = Number(film.request.num_images ?? ASKED_FOR);
  const index = candidates.findIndex((picture) => picture.id === chosen?.id);

  function choose(picture: Picture): void {
    if (film.scenes.some((scene) => scene.clip)) wanted.value = picture;
    else chooseCharacter(film.production_id, picture.id, false).then(refresh, sayFault);
  }

  return (
    <section class="film-cast" aria-labelledby="cast">
      <h2 id="cast">The character</h2>
      {drawing && <Drawing film={film} count={count} />}
      {job?.error && <p class="fault"><Icon name="alert" /> {sentence(job.error.message)}</p>}
      {!job && chosen ? (
        <div class="own-picture"><img src={chosen.url} alt="The character" /></div>
      ) : (
        <Portraits
          pictures={candidates}
          expected={drawing ? Math.max(count, Math.ceil((candidates.length + 1) / count) * count) : candidates.length}
          drawing={drawing}
          chosen={chosen?.id ?? null}
          onChoose={mayChoose ? choose : undefined}
        />
      )}
      {job && !drawing && candidates.length < count && <Fewer film={film} count={candidates.length} asked={count} />}
      {index >= 0 && <p class="chosen-line" role="status">Option {index + 1} plays in this film.</p>}
      {job && offers(CALLS.draw) && !drawing && (
        <Priced
          icon="retry"
          question="Draw other portraits?"
          price={() => priceOf(film.production_id, "character/regenerate", {})}
          onOrder={() => drawOthers(film.production_id).then(refresh)}
        >
          Draw others
        </Priced>
      )}
      <p class="described">{String(film.request.character_description ?? "")}</p>
      {wanted.value && <Recast film={film} picture={wanted.value} onClose={() => (wanted.value = null)} />}
    </section>
  );
}

function Fewer({ film, count, asked }: { film: Film; count: number; asked: number }) {
  const why = film.character.job?.error?.message ?? "the others could not be drawn";
  return <p class="hint">{count} of {asked} portraits: {sentence(why)}</p>;
}

function Drawing({ film, count }: { film: Film; count: number }) {
  const job = film.character.job!;
  const pace = paceOf(job).value;
  return (
    <div class="drawing" role="status">
      <span>{job.status === "queued" ? "Waiting for a free hand" : `Generating ${count} character images…`}</span>
      <Bar fraction={pace.fraction} label="Portraits" />
    </div>
  );
}

function Recast({ film, picture, onClose }: { film: Film; picture: Picture; onClose: () => void }) {
  const refresh = useRefresh();
  const choose = (regenerate: boolean) =>
    chooseCharacter(film.production_id, picture.id, regenerate).then(onClose).then(refresh);
  return (
    <Dialog title="Another face" onClose={onClose}>
      <div class="own-picture"><img src={picture.url} alt="The new portrait" /></div>
      <p>Clips that are there show the earlier portrait. Film them again, or use this one for new clips only?</p>
      <footer>
        <Button onPress={() => choose(false)}>New clips only</Button>
        <Priced
          kind="first"
          question="Film the scenes again?"
          price={() => priceOf(film.production_id, "character", { image_id: picture.id, regenerate: true })}
          onOrder={() => choose(true)}
        >
          Film them again
        </Priced>
      </footer>
    </Dialog>
  );
}
