/** Another cut of the clips there are: with another transition, title or credits. Nothing is filmed and nothing is paid again. */

import { useSignal } from "@preact/signals";
import { recut } from "../../api/films";
import type { Film } from "../../api/types";
import { Button } from "../../parts/button";
import { Cards, type Written } from "../../parts/cards";
import { Dialog } from "../../parts/dialog";
import { useRefresh } from "./film";

const TRANSITIONS = [
  { type: "cut", name: "Hard cut" },
  { type: "crossfade", name: "Crossfade" },
  { type: "fade_black", name: "Through black" },
  { type: "fade_white", name: "Through white" },
  { type: "wipe_left", name: "Wipe" },
];
const SECONDS = 0.5;

export function Recut({ film }: { film: Film }) {
  const asked = useSignal(false);
  if (!film.scenes.some((scene) => scene.clip)) return null;
  return (
    <>
      <Button icon="scissors" onPress={() => void (asked.value = true)}>Cut again</Button>
      {asked.value && <Choice film={film} onClose={() => (asked.value = false)} />}
    </>
  );
}

function Choice({ film, onClose }: { film: Film; onClose: () => void }) {
  const { settings } = film;
  const chosen = useSignal(settings.transition?.[0]?.type ?? "cut");
  const cards = useSignal<Written>({ title: settings.title ?? "", credits: settings.credits ?? "" });
  const isJoined = film.scenes.filter((scene) => scene.clip).length > 1;
  const refresh = useRefresh();

  async function order(): Promise<void> {
    const type = chosen.value;
    await recut(film.production_id, {
      title: cards.value.title.trim() || null,
      credits: cards.value.credits.trim() || null,
      ...(isJoined ? { transition: { type, seconds: type === "cut" ? null : SECONDS } } : {}),
    });
    onClose();
    refresh();
  }

  return (
    <Dialog title="Cut again" onClose={onClose}>
      <p>The clips stay as they are, and it costs nothing.</p>
      <Cards cards={cards.value} onChange={(changes) => (cards.value = { ...cards.value, ...changes })} />
      {isJoined && <fieldset class="field">
        <legend>From one scene to the next</legend>
        <div class="choices">
          {TRANSITIONS.map(({ type, name }) => (
            <label key={type} class="check">
              <input type="radio" name="transition" checked={chosen.value === type} onChange={() => (chosen.value = type)} />
              <span>{name}</span>
            </label>
          ))}
        </div>
      </fieldset>}
      <footer>
        <Button onPress={onClose}>Keep this cut</Button>
        <Button kind="first" doing="Ordering…" onPress={order}>Cut it</Button>
      </footer>
    </Dialog>
  );
}
