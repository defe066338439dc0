/** Nothing here yet, why, and what to do about it. */

import type { ComponentChildren } from "preact";

interface Props {
  title: string;
  /** Is this all there is on the page? */
  alone?: boolean;
  children: ComponentChildren;
}

export function Empty({ title, alone, children }: Props) {
  const Heading = alone ? "h1" : "h2";
  return (
    <div class="empty">
      <div class="strip" aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}
