/** The film's name and what can be done with the whole of it. */

import { useSignal } from "@preact/signals";
import { call } from "../../api/http";
import { CALLS } from "../../api/edits";
import { cancelFilm, deleteFilm } from "../../api/films";
import { offers } from "../../api/offers";
import type { Film, Page } from "../../api/types";
import { Ask } from "../../parts/ask";
import { Button } from "../../parts/button";
import { Download } from "../../parts/download";
import { say } from "../../parts/toasts";
import { go } from "../../route";
import { isOver } from "../../words/counts";
import { STATUS_WORDS, titleOf } from "../../words/film";
import { sum } from "../../words/money";
import { isLocal } from "../../words/models";
import { startFrom } from "../create/draft";
import { useRefresh } from "./film";
import { Share } from "./share";
import { Upgrade } from "./upgrade";

export function Head({ film }: { film: Film }) {
  return (
    <header class="film-head">
      <h1 title={titleOf(film)}>{titleOf(film)}</h1>
      <p class="facts">
        <span class={`status ${film.status}`}>{STATUS_WORDS[film.status] ?? film.status}</span>
        {isLocal(film.settings.models.video) && <span class="mark-preview">Animatic preview</span>}
      </p>
      <Actions film={film} />
    </header>
  );
}

function Actions({ film }: { film: Film }) {
  const over = isOver(film);
  const exported = over && film.scenes.some((scene) => scene.clip);
  return (
    <div class="actions">
      {exported && (
        <Download href={`/api/mv/productions/${film.production_id}/export?format=zip`} name={`${titleOf(film)}.zip`}>
          All clips
        </Download>
      )}
      {film.final_video && offers(CALLS.share) && <Share film={film} />}
      {film.final_video && offers(CALLS.upgrade) && <Upgrade film={film} />}
      {over && <Button icon="plus" onPress={() => again(film)}>Make another</Button>}
      {over && offers(CALLS.delete) && <Delete film={film} />}
      {!over && film.status !== "canceling" && <Cancel film={film} />}
    </div>
  );
}

function again(film: Film): void {
  startFrom(film.request);
  go("/");
}

function Cancel({ film }: { film: Film }) {
  const costs = useSignal<string | null>(null);
  const refresh = useRefresh();
  return (
    <>
      <Button icon="stop" doing="Asking what it costs…" onPress={async () => (costs.value = await costOfStopping(film))}>
        Cancel
      </Button>
      {costs.value !== null && (
        <Ask
          title="Stop this film?"
          text={costs.value}
          yes="Stop it"
          no="Go on"
          onYes={() => cancelFilm(film.production_id).then(refresh)}
          onNo={() => (costs.value = null)}
        />
      )}
    </>
  );
}

async function costOfStopping(film: Film): Promise<string> {
  const jobs = await call<Page<{ cost_if_canceled_usd: string | null }>>(`/jobs?production_id=${film.production_id}&limit=200`);
  const underWay = jobs.items.reduce((total, job) => total + Number(job.cost_if_canceled_usd ?? 0), 0);
  const total = underWay + Number(film.cost.actual_usd ?? 0);
  const kept = "What is there already is kept.";
  return total === 0 ? `It costs nothing. ${kept}` : `It will have cost at most ${sum(String(total))}. ${kept}`;
}

function Delete({ film }: { film: Film }) {
  const asked = useSignal(false);
  return (
    <>
      <Button icon="trash" label="Delete this film" onPress={() => void (asked.value = true)} />
      {asked.value && (
        <Ask
          title="Delete this film?"
          text="Its clips, its pictures and the final cut go with it. That can't be undone."
          yes="Delete it"
          onYes={() =>
            deleteFilm(film.production_id).then(() => {
              say("The film is deleted.");
              go("/library");
            })
          }
          onNo={() => (asked.value = false)}
        />
      )}
    </>
  );
}
