/** How something stands, in a word and a colour. */

import type { Standing } from "../words/counts";

const WORDS: Record<Standing, string> = { waiting: "Waiting", generating: "Generating", ready: "Ready", failed: "Failed" };

export function Badge({ standing, word }: { standing: Standing; word?: string }) {
  return <span class={`badge ${standing}`}>{word ?? WORDS[standing]}</span>;
}
