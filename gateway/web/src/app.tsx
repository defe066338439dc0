/** The frame around every page. */

import { useEffect } from "preact/hooks";
import { version } from "./api/offers";
import { Create } from "./pages/create/create";
import { FilmPage } from "./pages/film/film";
import { Library } from "./pages/library/library";
import { Connection } from "./parts/connection";
import { Empty } from "./parts/empty";
import { KeyGate } from "./parts/keygate";
import { Link } from "./parts/link";
import { Toasts } from "./parts/toasts";
import { type Route, route } from "./route";

export function App() {
  const here = route.value;
  useEffect(() => {
    document.title = TITLES[here.page];
  }, [here.page]);
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <header class="head">
        <Link to="/" class="brand" label="Scenebeat, new film">
          <Mark />
          <span>Scenebeat</span>
        </Link>
        <nav aria-label="Main">
          <Link to="/" current={here.page === "create"}>New film</Link>
          <Link to="/library" current={here.page === "library"}>Library</Link>
        </nav>
      </header>
      <Connection />
      <main id="main" tabIndex={-1}>
        <Page here={here} />
      </main>
      <footer class="foot">
        <span>Scenebeat {version.value}</span>
        <a href="/api/mv">API</a>
      </footer>
      <Toasts />
      <KeyGate />
    </>
  );
}

const TITLES = {
  create: "New film · Scenebeat",
  library: "Library · Scenebeat",
  film: "Film · Scenebeat",
  nowhere: "Not found · Scenebeat",
};

function Page({ here }: { here: Route }) {
  switch (here.page) {
    case "create":
      return <Create />;
    case "library":
      return <Library />;
    case "film":
      return <FilmPage key={here.id} id={here.id} />;
    case "nowhere":
      return (
        <Empty title="There is nothing at this address" alone>
          <p>The film may have been deleted, or the link is incomplete.</p>
          <p>
            <Link to="/library" class="button plain">Open the library</Link>
          </p>
        </Empty>
      );
  }
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="3" y="10" width="3" height="5" rx="1.500" />
      <rect x="8" y="6" width="3" height="13" rx="1.500" />
      <rect x="13" y="3" width="3" height="18" rx="1.500" />
      <rect x="18" y="8" width="3" height="9" rx="1.500" />
    </svg>
  );
}
