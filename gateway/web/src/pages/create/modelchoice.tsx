/** Which model films it, each with what this very film would cost and how long it would take. */

import type { Model } from "../../api/types";
import { ApiError } from "../../api/http";
import { duration } from "../../words/time";
import { dollars } from "../../words/money";
import { nameOf, whatItIs } from "../../words/models";
import { change, draft } from "./draft";
import { chosenModel, models, prices } from "./prices";

export function ModelChoice() {
  const offered = models.value;
  if (!offered) return <p class="hint">Asking which models can be reached…</p>;
  if (!offered.length) return <p class="fault">No model that makes clips can be reached right now.</p>;
  const chosen = chosenModel(draft.value, offered);
  return (
    <fieldset class="field">
      <legend>Filmed by</legend>
      <div class="models">
        {offered.map((model) => (
          <label key={model.id} class="model">
            <input
              type="radio"
              name="model"
              checked={model.id === chosen?.id}
              onChange={() => change({ model: model.id })}
            />
            <span>
              <b>{nameOf(model.id)}</b>
              <small>{whatItIs(model)}</small>
            </span>
            <Cost model={model} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Cost({ model }: { model: Model }) {
  const price = prices.value.get(model.id);
  if (!price) return <span class="cost"><i class="dots" aria-label="asking" /></span>;
  if (price instanceof ApiError) return <span class="cost"><small>not for this film</small></span>;
  return (
    <span class="cost">
      <b>{dollars(price.estimated_usd)}</b>
      <small>{duration(price.seconds)}</small>
    </span>
  );
}
