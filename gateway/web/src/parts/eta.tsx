/** What is left, counted down by this clock between two words of the gateway. */

import { now } from "../live/now";
import { left } from "../words/time";

export function Eta({ endsAt }: { endsAt: number | null }) {
  if (endsAt === null) return null;
  return <span class="eta">{left((endsAt - now.value) / 1000)}</span>;
}
