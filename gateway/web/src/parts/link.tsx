/** A link within the studio: followed without a reload, opened elsewhere as any link. */

import type { ComponentChildren } from "preact";
import { go } from "../route";

interface Props {
  to: string;
  class?: string;
  label?: string;
  current?: boolean;
  children: ComponentChildren;
}

export function Link({ to, class: name, label, current, children }: Props) {
  function follow(event: MouseEvent): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    go(to);
  }
  return (
    <a href={to} class={name} aria-label={label} aria-current={current ? "page" : undefined} onClick={follow}>
      {children}
    </a>
  );
}
