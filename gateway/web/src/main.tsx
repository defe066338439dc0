/** Starts the studio. */

import { render } from "preact";
import { readOffers } from "./api/offers";
import { App } from "./app";
import { sayFault } from "./parts/toasts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/shell.css";
import "./style/create.css";
import "./style/film.css";
import "./style/library.css";

const root = document.getElementById("studio")!;
root.replaceChildren();
render(<App />, root);
readOffers().catch(sayFault);
