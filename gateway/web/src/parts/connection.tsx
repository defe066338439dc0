/** Says that the line is cut, and when it is tried again. A hiccup that heals at once is not worth a word. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lineState, nextTryAt, tryNow } from "../live/line";
import { now } from "../live/now";
import { Button } from "./button";

const HICCUP_MS = 900;

export function Connection() {
  const lost = useComputed(() => lineState.value === "lost");
  const shown = useSignal(false);
  useEffect(() => {
    if (!lost.value) {
      shown.value = false;
      return;
    }
    const timer = setTimeout(() => (shown.value = true), HICCUP_MS);
    return () => clearTimeout(timer);
  }, [lost.value]);

  return (
    <div role="status" aria-live="polite">
      {shown.value && (
        <div class="connection">
          <span class="dot" aria-hidden="true" />
          <span>Connection lost. What you see may be old. {nextTryAt.value === null ? "Trying…" : <When at={nextTryAt.value} />}</span>
          <Button kind="quiet" onPress={tryNow}>Try now</Button>
        </div>
      )}
    </div>
  );
}

function When({ at }: { at: number }) {
  const seconds = Math.ceil((at - now.value) / 1000);
  return <>{seconds > 0 ? `Trying again in ${seconds} s.` : "Trying…"}</>;
}
