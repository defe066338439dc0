/** A button that may cost money: what it costs is asked first, and said before anything is ordered. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Estimate } from "../api/types";
import { isFree, sum } from "../words/money";
import { Ask } from "./ask";
import { Button } from "./button";
import type { IconName } from "./icon";

interface Props {
  children: ComponentChildren;
  icon?: IconName;
  kind?: "first" | "plain";
  /** What the question is called, as "Draw four others?". */
  question: string;
  price: () => Promise<Pick<Estimate, "estimated_usd">>;
  onOrder: () => Promise<unknown>;
}

export function Priced({ children, icon, kind, question, price, onOrder }: Props) {
  const costs = useSignal<string | null>(null);

  async function press(): Promise<void> {
    const told = await price();
    if (isFree(told.estimated_usd)) await onOrder();
    else costs.value = told.estimated_usd;
  }

  return (
    <>
      <Button icon={icon} kind={kind} doing="Asking…" onPress={press}>{children}</Button>
      {costs.value !== null && (
        <Ask
          title={question}
          text={`It costs about ${sum(costs.value)}.`}
          yes="Order it"
          no="Not now"
          kind="first"
          onYes={onOrder}
          onNo={() => (costs.value = null)}
        />
      )}
    </>
  );
}
