/** One film: seen while it is made, mended, and played. */

import { createContext } from "preact";
import { useContext, useEffect, useMemo } from "preact/hooks";
import type { Film } from "../../api/types";
import { type Watched, watchFilm } from "../../live/film";
import { Empty } from "../../parts/empty";
import { Link } from "../../parts/link";
import { sentence } from "../../parts/toasts";
import { titleOf } from "../../words/film";
import { Cast } from "./cast";
import { Gate } from "./gate";
import { Head } from "./head";
import { Screen } from "./screen";
import { Storyboard } from "./storyboard";
import { Summary } from "./summary";

const Asked = createContext<() => void>(() => {});

/** To be called after an action: ask the gateway how the film stands now. */
export const useRefresh = () => useContext(Asked);

export function FilmPage({ id }: { id: string }) {
  const watched = useMemo(() => watchFilm(id), [id]);
  useEffect(() => watched.stop, [watched]);
  const film = watched.film.value;
  useEffect(() => {
    if (film) document.title = `${titleOf(film)} · Scenebeat`;
  }, [film && titleOf(film)]);
  if (film) {
    return (
      <Asked.Provider value={watched.refresh}>
        <Whole film={film} />
      </Asked.Provider>
    );
  }
  return <NotYet watched={watched} />;
}

function Whole({ film }: { film: Film }) {
  return (
    <div class="film">
      <Head film={film} />
      <Gate film={film} />
      <div class="stage">
        <Screen film={film} />
        <Cast film={film} />
      </div>
      <Summary film={film} />
      <Storyboard film={film} />
    </div>
  );
}

function NotYet({ watched }: { watched: Watched }) {
  const error = watched.failed.value;
  if (!error) return <p class="hint reading" role="status">Reading the film…</p>;
  if (error.status === 404) {
    return (
      <Empty title="This film is not here" alone>
        <p>It may have been deleted, or it belongs to another key.</p>
        <p><Link to="/library" class="button plain">Open the library</Link></p>
      </Empty>
    );
  }
  return <Empty title="The film can't be read" alone><p>{sentence(error.message)}</p></Empty>;
}
