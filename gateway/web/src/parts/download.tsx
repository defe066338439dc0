/** A file to keep. With a key it is fetched in its name, for a link can't carry one. */

import type { ComponentChildren } from "preact";
import { heldKey } from "../api/http";
import { Button } from "./button";
import { Icon } from "./icon";

interface Props {
  href: string;
  name: string;
  children: ComponentChildren;
}

export function Download({ href, name, children }: Props) {
  const key = heldKey();
  if (key) {
    return (
      <Button icon="download" doing="Fetching…" onPress={() => fetchInto(href, name, key)}>
        {children}
      </Button>
    );
  }
  return (
    <a class="button plain" href={href} download={name}>
      <Icon name="download" /> {children}
    </a>
  );
}

async function fetchInto(href: string, name: string, key: string): Promise<void> {
  const answer = await fetch(href, { headers: { Authorization: `Bearer ${key}` } });
  if (!answer.ok) throw new Error(`the file could not be fetched (${answer.status})`);
  const address = URL.createObjectURL(await answer.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
