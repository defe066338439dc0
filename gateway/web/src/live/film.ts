/** One film as the gateway tells it. What is shown is always an answer of the gateway; the line only says when to ask. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { readFilm } from "../api/films";
import { ApiError } from "../api/http";
import type { Film } from "../api/types";
import { again } from "./again";
import { follow, type Heard } from "./line";
import { hearPace, notePace } from "./progress";

export interface Watched {
  film: ReadonlySignal<Film | null>;
  failed: ReadonlySignal<ApiError | null>;
  /** Ask now, after an action of ours. */
  refresh(): void;
  stop(): void;
}

const READ_EVERY_MS = 250;
const LOOK_FOR_PICTURES_EVERY_MS = 1_200;

export function watchFilm(id: string): Watched {
  const film = signal<Film | null>(null);
  const failed = signal<ApiError | null>(null);
  const aborting = new AbortController();
  const refresh = again(read, READ_EVERY_MS);
  const look = again(read, LOOK_FOR_PICTURES_EVERY_MS);
  const unfollow = follow("production_id", id, hear);

  async function read(): Promise<void> {
    try {
      take(await readFilm(id, aborting.signal));
    } catch (error) {
      if (error instanceof ApiError && (error.status >= 400 || !film.value)) failed.value = error;
    }
  }

  function take(told: Film): void {
    told.jobs.forEach(notePace);
    failed.value = null;
    film.value = told;
  }

  function hear(heard: Heard): void {
    if (heard.kind === "progress") return step(heard);
    if (heard.kind === "snapshot") {
      const told = heard.data.productions.find((one) => one.production_id === id);
      if (told) take(told);
    }
    refresh();
  }

  function step({ job }: Extract<Heard, { kind: "progress" }>): void {
    hearPace(job);
    if (job.kind === "generate_character_reference") look(); // portraits arrive one by one, without an event each
  }

  refresh();
  return {
    film,
    failed,
    refresh,
    stop() {
      aborting.abort();
      refresh.stop();
      look.stop();
      unfollow();
    },
  };
}
