/** What it comes to, part by part, and the button. */

import { ApiError } from "../../api/http";
import { Icon } from "../../parts/icon";
import { sentence } from "../../parts/toasts";
import { clock, duration } from "../../words/time";
import { dollars, isFree } from "../../words/money";
import { isLocal, nameOf } from "../../words/models";
import type { Model } from "../../api/types";
import { change, draft } from "./draft";
import { asking, prices } from "./prices";

const PARTS: Record<string, string> = {
  scenes: "Storyboard",
  character: "Portraits",
  "first clip": "First clip",
  clips: "Clips",
  cut: "Final cut",
};

export function Bill({ model }: { model: Model | undefined }) {
  const price = prices.value.get(model?.id ?? draft.value.model);
  const { scenes, seconds } = draft.value;
  if (!price) return <div class="bill"><p class="hint">Working out what it costs…</p></div>;
  if (price instanceof ApiError) return <Unpriced error={price} />;
  return (
    <div class="bill" aria-busy={asking.value}>
      <dl>
        {price.parts.map((part) => (
          <div key={part.part}>
            <dt>
              {PARTS[part.part] ?? part.part}
              <small>{part.count > 1 && `${part.count} × `}{isLocal(part.model) ? "this machine" : nameOf(part.model)}</small>
            </dt>
            <dd>{dollars(part.usd)}</dd>
          </div>
        ))}
      </dl>
      <div class="total" role="status">
        <b>{dollars(price.estimated_usd)}</b>
        <span class="length">{clock(scenes * seconds)} of film</span>
        <small>{price.seconds === null ? "how long it takes is not known yet" : `ready about ${duration(price.seconds)} after it begins`}</small>
      </div>
      {price.warnings.map((warning) => (
        <p key={warning} class="hint"><Icon name="alert" /> {sentence(warning)}</p>
      ))}
      {isLocal(model?.id) && (
        <p class="preview"><b>Animatic preview.</b> Sketches drawn on this machine show scenes, framing and timing.</p>
      )}
      {!isFree(price.estimated_usd) && <Budget />}
    </div>
  );
}

/** The price once more, beside the button: on a phone the bill is far from it. */
export function Sum({ model }: { model: Model | undefined }) {
  const price = prices.value.get(model?.id ?? draft.value.model);
  if (!price || price instanceof ApiError) return null;
  return <p class="hint sum"><b>{dollars(price.estimated_usd)}</b>{model && ` · ${nameOf(model.id)}`}</p>;
}

function Unpriced({ error }: { error: ApiError }) {
  const faults = error.problem?.errors?.map((fault) => `${fault.path}: ${fault.message}`);
  return (
    <div class="bill" role="alert">
      <p class="fault"><Icon name="alert" /> {sentence(error.message)}</p>
      {faults?.map((fault) => <p key={fault} class="hint">{fault}</p>)}
    </div>
  );
}

function Budget() {
  return (
    <label class="field budget">
      <span>Never spend more than</span>
      <span class="money">
        $
        <input
          type="number"
          min="0"
          step="0.5"
          inputMode="decimal"
          placeholder="no cap"
          value={draft.value.budget}
          onInput={(event) => change({ budget: event.currentTarget.value })}
        />
      </span>
    </label>
  );
}
