/** Where the film waits for a person: look, change what you like, and let it go on. */

import { CALLS, openGate } from "../../api/edits";
import { offers } from "../../api/offers";
import type { Film } from "../../api/types";
import { Button } from "../../parts/button";
import { useRefresh } from "./film";

const WORDS: Record<string, { title: string; text: string }> = {
  storyboard: { title: "Read the storyboard", text: "Change any scene you like. Nothing is filmed before you go on." },
  character: { title: "Who plays in it?", text: "Choose a portrait. Every scene is filmed after it." },
  clips: { title: "Look at the clips", text: "Change or film again what you don't like. The cut is made when you go on." },
};

export function gateOf(film: Film): string | null {
  return film.status === "waiting" ? (/^review: (.+)$/.exec(film.stage)?.[1] ?? null) : null;
}

export function Gate({ film }: { film: Film }) {
  const gate = gateOf(film);
  const refresh = useRefresh();
  if (!gate || !offers(CALLS.continue)) return null;
  const words = WORDS[gate] ?? { title: "It waits for you", text: "Look at it, then let it go on." };
  return (
    <section class="gate" role="status">
      <div>
        <h2>{words.title}</h2>
        <p>{words.text}</p>
      </div>
      <Button
        kind="first"
        doing="Going on…"
        onPress={() => openGate(film.production_id, gate).then(refresh)}
      >
        Approve and go on
      </Button>
    </section>
  );
}
