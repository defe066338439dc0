/** From sketches to a real model, scene by scene, with what it costs before anything is ordered. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { priceOf, upgrade } from "../../api/edits";
import { listModels } from "../../api/films";
import { ApiError } from "../../api/http";
import type { Estimate, Film, Model } from "../../api/types";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { sayFault, sentence } from "../../parts/toasts";
import { plural } from "../../words/counts";
import { isLocal, nameOf } from "../../words/models";
import { dollars } from "../../words/money";
import { roughly } from "../../words/time";
import { useRefresh } from "./film";

const AFTER_THE_LAST_PRESS_MS = 250;

export function Upgrade({ film }: { film: Film }) {
  const asked = useSignal(false);
  const models = useSignal<Model[]>([]);
  useEffect(() => {
    listModels().then((all) => (models.value = all.filter((model) => isBetter(model, film))), sayFault);
  }, [film.settings.models.video]);
  if (!models.value.length) return null;
  return (
    <>
      <Button icon="star" onPress={() => void (asked.value = true)}>
        {isLocal(film.settings.models.video) ? "Film for real" : "Another model"}
      </Button>
      {asked.value && <Choice film={film} models={models.value} onClose={() => (asked.value = false)} />}
    </>
  );
}

function isBetter(model: Model, film: Film): boolean {
  const makesClips = model.kind === "generate_video" && model.is_reachable !== false;
  return makesClips && !isLocal(model.id) && model.id !== film.settings.models.video;
}

function Choice({ film, models, onClose }: { film: Film; models: Model[]; onClose: () => void }) {
  const model = useSignal(models[0]!.id);
  const scenes = useSignal<number[]>(film.scenes.map((scene) => scene.number));
  const price = useSignal<Estimate | ApiError | null>(null);
  const refresh = useRefresh();

  useEffect(() => {
    const aborting = new AbortController();
    const body = { models: { video: model.value }, scenes: scenes.value };
    price.value = null;
    const timer = setTimeout(() => {
      if (!body.scenes.length) return;
      priceOf(film.production_id, "upgrade", body, aborting.signal).then(
        (told) => (price.value = told),
        (error: unknown) => error instanceof ApiError && (price.value = error),
      );
    }, AFTER_THE_LAST_PRESS_MS);
    return () => {
      clearTimeout(timer);
      aborting.abort();
    };
  }, [model.value, scenes.value]);

  function toggle(number: number): void {
    const chosen = new Set(scenes.value);
    if (!chosen.delete(number)) chosen.add(number);
    scenes.value = film.scenes.map((scene) => scene.number).filter((one) => chosen.has(one));
  }

  const told = price.value;
  return (
    <Dialog title="Film it with another model" onClose={onClose}>
      <label class="field">
        <span>Model</span>
        <select value={model.value} onChange={(event) => (model.value = event.currentTarget.value)}>
          {models.map(({ id }) => <option key={id} value={id}>{nameOf(id)}</option>)}
        </select>
      </label>
      <fieldset class="field">
        <legend>Scenes</legend>
        <div class="choices">
          {film.scenes.map((scene) => (
            <label key={scene.number} class="check">
              <input type="checkbox" checked={scenes.value.includes(scene.number)} onChange={() => toggle(scene.number)} />
              <span>{scene.number} {scene.title}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <p role="status">
        {!scenes.value.length && "Choose a scene."}
        {scenes.value.length > 0 && told === null && "Asking what it costs…"}
        {told instanceof ApiError && sentence(told.message)}
        {told && !(told instanceof ApiError) && `${dollars(told.estimated_usd)}, ${roughly(told.seconds)}. Today's clips are kept as earlier versions.`}
      </p>
      <footer>
        <Button onPress={onClose}>Not now</Button>
        <Button
          kind="first"
          doing="Ordering…"
          disabled={!scenes.value.length || !told || told instanceof ApiError}
          onPress={() => upgrade(film.production_id, model.value, scenes.value).then(onClose).then(refresh)}
        >
          Film {plural(scenes.value.length, "scene")}
        </Button>
      </footer>
    </Dialog>
  );
}
