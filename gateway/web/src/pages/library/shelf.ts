/** A list of films that stays true: those under way are followed on the line. */

import { computed, signal } from "@preact/signals";
import { listFilms, readFilm, type Shelf } from "../../api/films";
import { ApiError } from "../../api/http";
import type { Film } from "../../api/types";
import { type Again, again } from "../../live/again";
import { follow } from "../../live/line";
import { isOver } from "../../words/counts";

const AFTER_THE_LAST_KEY_MS = 250;
const READ_EVERY_MS = 1_000;
const MOST_FOLLOWED = 40;

export function openShelf() {
  const films = signal<Film[] | null>(null);
  const fault = signal<string | null>(null);
  const hasMore = signal(false);
  /** What the films at hand answer. */
  const answered = signal<Shelf>({ q: "", status: "" });
  /** Is there no film at all? */
  const isBare = computed(() => films.value?.length === 0 && !answered.value.q.trim() && !answered.value.status);
  const followed = new Map<string, () => void>();
  let asked: Shelf = { q: "", status: "" };
  let cursor: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let aborting = new AbortController();

  function search(wanted: Shelf): void {
    clearTimeout(timer);
    aborting.abort();
    aborting = new AbortController();
    asked = wanted;
    timer = setTimeout(() => void read(null), films.value === null ? 0 : AFTER_THE_LAST_KEY_MS);
  }

  async function read(from: string | null): Promise<void> {
    try {
      const page = await listFilms({ ...asked, cursor: from }, aborting.signal);
      answered.value = asked;
      films.value = from === null ? page.items : [...(films.value ?? []), ...page.items];
      cursor = page.next_cursor;
      hasMore.value = cursor !== null;
      fault.value = null;
      followThose();
    } catch (error) {
      if (error instanceof ApiError) fault.value = error.message;
    }
  }

  function followThose(): void {
    const moving = (films.value ?? []).filter((film) => !isOver(film)).slice(0, MOST_FOLLOWED);
    for (const { production_id: id } of moving) if (!followed.has(id)) followed.set(id, keepTrue(id));
  }

  function keepTrue(id: string): () => void {
    const look: Again = again(async () => {
      const told = await readFilm(id).catch(() => null);
      if (told) films.value = films.value?.map((film) => (film.production_id === id ? told : film)) ?? null;
    }, READ_EVERY_MS);
    const unfollow = follow("production_id", id, look);
    return () => {
      look.stop();
      unfollow();
    };
  }

  return {
    films,
    fault,
    hasMore,
    isBare,
    search,
    again: () => read(null),
    more: () => read(cursor),
    drop(id: string) {
      films.value = films.value?.filter((film) => film.production_id !== id) ?? null;
    },
    close() {
      clearTimeout(timer);
      aborting.abort();
      for (const stop of followed.values()) stop();
    },
  };
}
