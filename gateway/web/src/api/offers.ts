/** What this gateway has: a call that it does not list gets no button. */

import { signal } from "@preact/signals";
import { call } from "./http";

const calls = signal<ReadonlySet<string>>(new Set());

/** The version of the gateway; empty until it has said. */
export const version = signal("");

interface Index {
  version: string;
  endpoints: Record<string, string>;
}

export async function readOffers(): Promise<void> {
  const index = await call<Index>("");
  version.value = index.version;
  calls.value = new Set(Object.values(index.endpoints).map(plain));
}

/** Does it have this call, such as `POST /productions/{}/continue`? */
export function offers(wanted: string): boolean {
  return calls.value.has(wanted);
}

function plain(endpoint: string): string {
  return endpoint.replace("/api/mv", "").replace(/\{[^}]*\}/g, "{}");
}
