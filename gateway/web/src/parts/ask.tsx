/** Are you sure? Said with what it means. */

import { Button } from "./button";
import { Dialog } from "./dialog";

interface Props {
  title: string;
  text: string;
  yes: string;
  no?: string;
  kind?: "danger" | "first";
  onYes: () => Promise<unknown>;
  onNo: () => void;
}

export function Ask({ title, text, yes, no = "Keep it", kind = "danger", onYes, onNo }: Props) {
  return (
    <Dialog title={title} onClose={onNo}>
      <p>{text}</p>
      <footer>
        <Button onPress={onNo}>{no}</Button>
        <Button kind={kind} onPress={() => onYes().then(onNo)}>{yes}</Button>
      </footer>
    </Dialog>
  );
}
