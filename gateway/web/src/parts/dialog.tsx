/** A question on top of the page. Escape, or a press beside it, means no. The focus begins in it and goes back after it. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "./button";

interface Props {
  title: string;
  children: ComponentChildren;
  onClose?: () => void;
}

export function Dialog({ title, children, onClose }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.showModal();
    return () => before?.focus();
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => event.target === box.current && onClose?.()}
    >
      <div class="dialog">
        <h2 id={id}>{title}</h2>
        {children}
        {onClose && <Button kind="quiet" icon="close" label="Close" onPress={onClose} />}
      </div>
    </dialog>
  );
}
