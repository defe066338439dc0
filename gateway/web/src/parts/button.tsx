/** Something to press. While what it began is under way it says so and can't be pressed again, but keeps the focus. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { sayFault } from "./toasts";
import { Icon, type IconName } from "./icon";

interface Props {
  children?: ComponentChildren;
  label?: string;
  icon?: IconName;
  kind?: "first" | "plain" | "quiet" | "danger";
  disabled?: boolean;
  busy?: boolean;
  /** What is under way, in words, while it is: "Cutting…". */
  doing?: string;
  pressed?: boolean;
  expanded?: boolean;
  type?: "button" | "submit";
  onPress?: () => void | Promise<unknown>;
}

export function Button(props: Props) {
  const { children, label, icon, kind = "plain", disabled, busy, doing, pressed, expanded, type = "button", onPress } = props;
  const own = useSignal(false);
  const isBusy = busy || own.value;

  async function press(): Promise<void> {
    if (isBusy) return;
    const begun = onPress?.();
    if (!(begun instanceof Promise)) return;
    own.value = true;
    await begun.catch(sayFault);
    own.value = false;
  }

  return (
    <button
      type={type}
      class={`button ${kind} ${children ? "" : "alone"}`}
      disabled={disabled}
      aria-disabled={isBusy || undefined}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-busy={isBusy || undefined}
      onClick={onPress && press}
    >
      {icon && <Icon name={icon} />}
      {isBusy && doing ? doing : children}
    </button>
  );
}
