/** A 2x2 grid of portraits to choose one of; each appears as it is ready. */

import type { Picture } from "../api/types";
import { Icon } from "./icon";

interface Props {
  pictures: Picture[];
  /** How many there will be; the rest are skeletons while it is drawing. */
  expected: number;
  drawing: boolean;
  chosen: string | null;
  disabled?: boolean;
  onChoose?: (picture: Picture) => void;
}

export function Portraits({ pictures, expected, drawing, chosen, disabled, onChoose }: Props) {
  const missing = Math.max(0, expected - pictures.length);
  return (
    <div class="portraits" role="radiogroup" aria-label="Portraits" aria-busy={drawing}>
      {pictures.map((picture, index) => (
        <label key={picture.id} class={`portrait ${picture.id === chosen ? "chosen" : ""}`}>
          <input
            type="radio"
            name="portrait"
            checked={picture.id === chosen}
            disabled={disabled || !onChoose}
            onChange={() => onChoose?.(picture)}
          />
          <img src={picture.url} alt="" loading="lazy" />
          <span class="caption">Option {index + 1}</span>
          {picture.id === chosen && <span class="tick"><Icon name="check" /></span>}
        </label>
      ))}
      {drawing &&
        Array.from({ length: missing }, (_, index) => (
          <div key={`to-come-${index}`} class="portrait skeleton" aria-hidden="true">
            <span class="caption">Option {pictures.length + index + 1}</span>
          </div>
        ))}
    </div>
  );
}
