/** All films, newest first. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Button } from "../../parts/button";
import { Empty } from "../../parts/empty";
import { Icon } from "../../parts/icon";
import { Link } from "../../parts/link";
import { sentence } from "../../parts/toasts";
import { openShelf } from "./shelf";
import { Tile } from "./tile";

const FILTERS = [
  { status: "", name: "All" },
  { status: "running", name: "Being made" },
  { status: "succeeded", name: "Done" },
  { status: "partial", name: "With gaps" },
  { status: "failed", name: "Failed" },
  { status: "canceled", name: "Canceled" },
];

export function Library() {
  const words = useSignal("");
  const status = useSignal("");
  const shelf = useMemo(openShelf, []);
  useEffect(() => shelf.close, [shelf]);
  useEffect(() => shelf.search({ q: words.value, status: status.value }), [words.value, status.value]);
  const films = shelf.films.value;
  const showAll = () => {
    words.value = status.value = "";
  };
  const isBare = shelf.isBare.value;

  return (
    <div class="library">
      <header class="library-head">
        <h1>Library</h1>
        {!isBare && (
          <label class="search">
            <Icon name="search" />
            <input type="search" placeholder="Search ideas, characters, titles" aria-label="Search" value={words} onInput={(event) => (words.value = event.currentTarget.value)} />
          </label>
        )}
      </header>
      {!isBare && (
        <div class="chips" role="group" aria-label="Filter">
          {FILTERS.map((filter) => (
            <Button key={filter.status} kind="quiet" pressed={status.value === filter.status} onPress={() => void (status.value = filter.status)}>
              {filter.name}
            </Button>
          ))}
        </div>
      )}
      {shelf.fault.value && (
        <div class="row" role="alert">
          <p class="fault"><Icon name="alert" /> {sentence(shelf.fault.value)}</p>
          <Button icon="retry" doing="Reading…" onPress={shelf.again}>Try again</Button>
        </div>
      )}
      {films === null && !shelf.fault.value && <p class="hint reading" role="status">Reading the library…</p>}
      {films?.length === 0 && (isBare ? <NoFilms /> : <NothingFound onAll={showAll} />)}
      {films && films.length > 0 && (
        <ul class="tiles">
          {films.map((film) => (
            <li key={film.production_id}><Tile film={film} onGone={() => shelf.drop(film.production_id)} /></li>
          ))}
        </ul>
      )}
      {shelf.hasMore.value && <div class="more"><Button doing="Reading…" onPress={shelf.more}>Show more</Button></div>}
    </div>
  );
}

function NoFilms() {
  return (
    <Empty title="No films yet">
      <p>Everything you make is kept here: the clips, the cut, and the words it came from.</p>
      <p><Link to="/" class="button first">Make the first one</Link></p>
    </Empty>
  );
}

function NothingFound({ onAll }: { onAll: () => void }) {
  return (
    <Empty title="Nothing like that">
      <p>No film has these words and stands like this. Try fewer words, or another filter.</p>
      <p><Button onPress={onAll}>Show all films</Button></p>
    </Empty>
  );
}
