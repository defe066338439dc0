/** Where we are: the address is the state, so that a reload shows the same. */

import { signal } from "@preact/signals";

export type Route = { page: "create" } | { page: "library" } | { page: "film"; id: string } | { page: "nowhere" };

export const route = signal<Route>(routeOf(location.pathname));

export function go(path: string): void {
  history.pushState(null, "", path);
  arrive();
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

export function routeOf(path: string): Route {
  if (path === "/") return { page: "create" };
  if (path === "/library") return { page: "library" };
  const film = /^\/productions\/([0-9a-f-]{36})$/i.exec(path);
  return film ? { page: "film", id: film[1]! } : { page: "nowhere" };
}

function arrive(): void {
  route.value = routeOf(location.pathname);
}

addEventListener("popstate", arrive);
