/** A scene's words, to be changed: kept as they are, or filmed again at once, with the price beside the button. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { CALLS, changeScene, filmAgain, priceOf } from "../../api/edits";
import { offers } from "../../api/offers";
import type { Film, Scene } from "../../api/types";
import { Button } from "../../parts/button";
import { dollars } from "../../words/money";
import { useRefresh } from "./film";

interface Props {
  film: Film;
  scene: Scene;
  onClose: () => void;
}

export function Rewrite({ film, scene, onClose }: Props) {
  const description = useSignal(scene.description);
  const title = useSignal(scene.title ?? "");
  const price = useSignal<string | null>(null);
  const refresh = useRefresh();
  const first = useRef<HTMLInputElement>(null);
  const wasFilmed = scene.job !== null && offers(CALLS.regenerate);

  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    if (!wasFilmed) return;
    const aborting = new AbortController();
    priceOf(film.production_id, `scenes/${scene.number}/regenerate`, {}, aborting.signal).then(
      (told) => (price.value = told.estimated_usd),
      () => {}, // without a price the button says none
    );
    return () => aborting.abort();
  }, []);

  function changes() {
    return {
      ...(description.value.trim() !== scene.description ? { description: description.value.trim() } : {}),
      ...(title.value.trim() && title.value.trim() !== scene.title ? { title: title.value.trim() } : {}),
    };
  }

  /** Escape leaves, unless words would be lost. */
  function leave(event: KeyboardEvent): void {
    if (event.key === "Escape" && Object.keys(changes()).length === 0) onClose();
  }

  const done = () => {
    onClose();
    refresh();
  };
  const keep = () => changeScene(film.production_id, scene.number, changes()).then(done);
  const again = () => filmAgain(film.production_id, scene.number, changes()).then(done);

  return (
    <div class="rewrite" onKeyDown={leave}>
      <label class="field">
        <span>Title</span>
        <input ref={first} type="text" maxLength={200} value={title} onInput={(event) => (title.value = event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>What happens</span>
        <textarea rows={5} maxLength={4000} value={description} onInput={(event) => (description.value = event.currentTarget.value)} />
      </label>
      <div class="row">
        <Button kind={wasFilmed ? "plain" : "first"} disabled={!description.value.trim()} doing="Keeping…" onPress={keep}>Keep the words</Button>
        {wasFilmed && (
          <Button kind="first" icon="retry" disabled={!description.value.trim()} doing="Ordering…" onPress={again}>
            Film again{price.value === null ? "" : ` · ${dollars(price.value)}`}
          </Button>
        )}
        <Button kind="quiet" onPress={onClose}>Never mind</Button>
      </div>
    </div>
  );
}
