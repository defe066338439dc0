/** A link to the film for people without a key: it expires, can be revoked, and can only be looked at. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { call } from "../../api/http";
import type { Film } from "../../api/types";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { say } from "../../parts/toasts";

interface Shared {
  id: string;
  path: string;
  expires_at: string;
}

export function Share({ film }: { film: Film }) {
  const shared = useSignal<Shared | null>(null);
  const path = `/productions/${film.production_id}/share`;

  async function open(): Promise<void> {
    shared.value = await call<Shared>(path, { method: "POST", body: {} });
  }

  async function revoke(): Promise<void> {
    await call(`${path}/${shared.value!.id}`, { method: "DELETE" });
    shared.value = null;
    say("The link no longer works.");
  }

  return (
    <>
      <Button icon="share" doing="Making a link…" onPress={open}>Share</Button>
      {shared.value && <Link shared={shared.value} onRevoke={revoke} onClose={() => (shared.value = null)} />}
    </>
  );
}

function Link({ shared, onRevoke, onClose }: { shared: Shared; onRevoke: () => Promise<void>; onClose: () => void }) {
  const address = new URL(shared.path, location.href).href;
  const copied = useSignal(false);
  const box = useRef<HTMLInputElement>(null);

  async function copy(): Promise<void> {
    box.current?.select();
    if (!navigator.clipboard) return say("This browser copies only over HTTPS: the link is marked, copy it by hand.");
    await navigator.clipboard.writeText(address);
    copied.value = true;
  }

  const until = new Date(shared.expires_at).toLocaleDateString("en", { dateStyle: "long" });
  return (
    <Dialog title="Share this film" onClose={onClose}>
      <p>Whoever has this link can watch the film until {until}, and nothing else.</p>
      <input ref={box} class="address" type="text" readOnly value={address} aria-label="Link" onFocus={(event) => event.currentTarget.select()} />
      <footer>
        <Button onPress={onRevoke}>Revoke it</Button>
        <Button kind="first" icon={copied.value ? "check" : undefined} onPress={copy}>
          {copied.value ? "Copied" : "Copy the link"}
        </Button>
      </footer>
    </Dialog>
  );
}
