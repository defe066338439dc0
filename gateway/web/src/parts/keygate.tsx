/** Asks once for the key of a gateway that wants one; kept until the tab is closed. */

import { useSignal } from "@preact/signals";
import { keepKey, keyIsWanted } from "../api/http";
import { Button } from "./button";
import { Dialog } from "./dialog";

export function KeyGate() {
  const typed = useSignal("");
  if (keyIsWanted.value === null) return null;

  function enter(event: Event): void {
    event.preventDefault();
    if (!typed.value.trim()) return;
    keepKey(typed.value.trim());
    location.reload();
  }

  return (
    <Dialog title="Your key, please">
      <p>{keyIsWanted.value} It is kept until you close this tab.</p>
      <form onSubmit={enter}>
        <label class="field">
          <span>API key</span>
          <input type="password" autocomplete="off" value={typed} onInput={(event) => (typed.value = event.currentTarget.value)} />
        </label>
        <footer>
          <Button kind="first" type="submit">Open the studio</Button>
        </footer>
      </form>
      <p class="small">Whoever runs the gateway makes one with “scenebeat keys create”.</p>
    </Dialog>
  );
}
